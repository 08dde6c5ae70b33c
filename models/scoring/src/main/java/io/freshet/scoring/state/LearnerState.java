package io.freshet.scoring.state;

import java.util.List;

/**
 * Everything that a learner goes on with.
 *
 * @param serving what scoring needs
 * @param own what readers never see: optimizer slots, counts, statistics, the step
 */
public record LearnerState(ModelState serving, ModelState own) {

  /** Of a learner that keeps nothing for itself. */
  public static LearnerState servingOnly(ModelState serving) {
    return new LearnerState(serving, new ModelState(List.of(), List.of()));
  }

  /** A copy that shares nothing with this state. */
  public LearnerState copy() {
    return new LearnerState(serving.copy(), own.copy());
  }
}
