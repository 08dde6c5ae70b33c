package io.freshet.learning;

import io.freshet.scoring.ScorerFamily;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.state.LearnerDelta;
import io.freshet.scoring.state.LearnerState;
import java.util.List;

/** One family of models. The registry {@link LearnerFamilies} lists them, one line each. */
public interface LearnerFamily {

  /** The scoring side of the family, which also names it. */
  ScorerFamily scoring();

  /** What may compute its learners' mathematics, the family's own choice first. */
  List<String> engines();

  /**
   * A learner that has seen nothing.
   *
   * @throws UnavailableEngine if the settings ask for what {@code hardware} does not have
   */
  Learner create(ModelSettings settings, Hardware hardware);

  /** On the processor, which settings that ask for a GPU refuse. */
  default Learner create(ModelSettings settings) {
    return create(settings, Hardware.PROCESSOR);
  }

  /** The layout of a learner's state, all zero and empty: what a replica starts from. */
  LearnerState emptyState(ModelSettings settings);

  /**
   * A learner that goes on bit for bit where another of equal settings was, whatever way its state
   * came here and however its tables lie.
   *
   * @param drained the state at that learner's last drain; the caller keeps it
   * @param undrained what changed since; it will be part of the next drain
   * @param hardware that it may compute on; bits are the same on like hardware only
   * @throws IllegalArgumentException if the two do not fit the family, or do not come out with the
   *     hashes of {@code undrained}
   * @throws UnavailableEngine if the settings ask for what {@code hardware} does not have
   */
  Learner resume(
      ModelSettings settings, LearnerState drained, LearnerDelta undrained, Hardware hardware);

  /** On the processor, which settings that ask for a GPU refuse. */
  default Learner resume(ModelSettings settings, LearnerState drained, LearnerDelta undrained) {
    return resume(settings, drained, undrained, Hardware.PROCESSOR);
  }

  /** A learner that goes on from a state, all of which counts as drained. */
  default Learner resume(ModelSettings settings, LearnerState drained) {
    return resume(settings, drained, LearnerDelta.none(drained));
  }
}
