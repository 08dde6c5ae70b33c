package io.freshet.modellog;

import io.freshet.scoring.state.HashValue;
import org.jspecify.annotations.Nullable;

/**
 * What a checkpoint remembers of a model's log: a version, and where lies what the learner has
 * learnt since. With the log it is the learner's whole state.
 *
 * @param version that the learner has published last; null before the first
 * @param versionHash its state hash; {@link HashValue#EMPTY} without one
 * @param stateHash of the whole serving state at the checkpoint
 * @param learnerHash of the whole of the learner's own state at the checkpoint
 * @param firstOffset of the cut's first record in the slots topic
 * @param offset of the record that closes it
 * @param step of the learner
 */
public record Cut(
    @Nullable Version version,
    HashValue versionHash,
    HashValue stateHash,
    HashValue learnerHash,
    long firstOffset,
    long offset,
    long step) {}
