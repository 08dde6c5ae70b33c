package io.freshet.scoring;

import io.freshet.scoring.feature.EncodedExample;

/**
 * Scores with one serving state, in plain Java. A scorer reads its state where it lies: whoever
 * changes the state does so between scores. One scorer serves one thread at a time (it owns scratch
 * memory).
 */
public interface Scorer {

  /** The logit before calibration. Pure: the same state and example give the same bits. */
  float logit(EncodedExample example);

  /**
   * The logit with counter features that were read earlier.
   *
   * @param counters as {@link #counters} gave them
   */
  float logit(EncodedExample example, float[] counters);

  /**
   * The logits of many candidates, {@code out[i]} being the bits of {@code logit(candidates[i])}.
   * Fastest when candidates of the same user stand side by side.
   */
  default void logits(EncodedExample[] candidates, float[] out) {
    for (int i = 0; i < candidates.length; i++) {
      out[i] = logit(candidates[i]);
    }
  }

  /** The calibrated probability that belongs to a logit of {@link #logit}. */
  float calibrate(float logit);

  /**
   * The counter features of {@code example} as this state has them at the example's event time,
   * before standardisation: [counter slots × values each]. They freeze with the impression and are
   * handed to training later.
   */
  float[] counters(EncodedExample example);
}
