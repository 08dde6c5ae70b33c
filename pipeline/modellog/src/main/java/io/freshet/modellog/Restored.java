package io.freshet.modellog;

import io.freshet.scoring.state.LearnerDelta;
import io.freshet.scoring.state.LearnerState;

/**
 * What a learner goes on from.
 *
 * @param epoch of the new attempt
 * @param onBase whether the next version is a delta on the checkpoint's version; else it must be a
 *     whole state
 * @param drained the state of that version; all zero and empty where the next version is whole
 * @param undrained what the learner had learnt since
 */
public record Restored(long epoch, boolean onBase, LearnerState drained, LearnerDelta undrained) {}
