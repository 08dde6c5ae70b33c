package io.freshet.scoring.state;

/**
 * Everything that a learner goes on with.
 *
 * @param serving what scoring needs
 * @param own what readers never see: optimizer slots, counts, statistics, the step
 */
public record LearnerState(ModelState serving, ModelState own) {

  /** A copy that shares nothing with this state. */
  public LearnerState copy() {
    return new LearnerState(serving.copy(), own.copy());
  }
}
