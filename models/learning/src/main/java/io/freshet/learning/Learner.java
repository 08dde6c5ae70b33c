package io.freshet.learning;

import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.LearnerDelta;
import io.freshet.scoring.state.LearnerState;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.StateDelta;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A model that learns, one mini-batch after another. Knows no stream. Confined to one thread. Two
 * learners of the same settings that saw the same calls hold the same bits, whatever happened in
 * between (saved, resumed, rehashed).
 */
public interface Learner extends AutoCloseable {

  ModelSettings settings();

  /** Steps taken so far. */
  long step();

  /** Trainable floats of the dense tensors and of the rows that exist. */
  long parameters();

  /** Rows over all tables. */
  long tableRows();

  /** The name and version of what computes, for the lineage: {@code djl-pytorch 2.7.1 cpu}. */
  String engine();

  /**
   * Why it computes on the processor though its settings would have it on a GPU; null where they
   * would not, or it does.
   */
  default @Nullable String insteadOfGpu() {
    return null;
  }

  /** Predicts without changing anything; the counters are frozen with it. */
  Prediction predict(EncodedExample example);

  /**
   * Trains on a batch, never empty; everything returned is from before the step.
   *
   * @throws Diverged if the loss is no number
   */
  StepResult train(List<Example> batch);

  /**
   * Closes a round: calibration, expiry and eviction take effect here.
   *
   * @param eventTime up to which the stream has been learnt; milliseconds since 1970 UTC
   */
  void endRound(long eventTime);

  /**
   * What changed in both parts of the state since the last drain; the hashes then cover it. Costs
   * what changed, and changes nothing that is learnt.
   */
  LearnerDelta drain();

  /** What {@link #drain} would give now; it stays undrained. */
  LearnerDelta undrained();

  /** The serving state in place: valid until the next call that changes it. */
  ModelState servingState();

  /** The hash of the serving state as of the last {@link #drain}, kept incrementally. */
  HashValue servingHash();

  /** What this learner has to say of itself beside its quality, by name; for the log's metrics. */
  default Map<String, Double> metrics() {
    return Map.of();
  }

  /**
   * The hash of the learner's own state (slots, counts, statistics, step) as of the last {@link
   * #drain}, kept incrementally.
   */
  HashValue learnerHash();

  /** A copy of both parts as they are now: costs what exists. */
  LearnerState snapshot();

  /**
   * Where the serving state holds a number that is none, in what changed since the last {@link
   * #drain}; null where all are finite.
   */
  @Nullable String notFinite();

  /**
   * Marks the present state as one to {@link #goBack} to. From now on the learner keeps what it
   * replaces: memory and time follow what changes. There is one mark, the newest, and none before
   * the first call.
   */
  void mark();

  /**
   * Goes back to the marked state, which stays marked; costs what changed since. The number of
   * steps stays, so that no step is taken twice. What changes by it is part of the next {@link
   * #drain}.
   */
  void goBack();

  /**
   * Takes over a whole state; costs what exists. The number of steps stays. What changes by it is
   * part of the next {@link #drain}.
   *
   * @param state the caller's; nothing of it is kept
   */
  void become(LearnerState state);

  /** What going back would write, with the hashes of the marked state. */
  LearnerDelta wayBack();

  /**
   * Marks the state that {@code wayBack} leads to from the present one: how a resumed learner comes
   * by its mark.
   *
   * @param wayBack as {@link #wayBack} gave it where the learner was in the present state
   */
  void mark(LearnerDelta wayBack);

  /** The serving state where it is another than the marked one: absolute values. */
  StateDelta sinceMark();

  @Override
  void close();
}
