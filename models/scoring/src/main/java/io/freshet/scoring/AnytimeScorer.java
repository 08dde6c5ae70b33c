package io.freshet.scoring;

import io.freshet.scoring.feature.EncodedExample;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * A scorer that may stop early: it offers <em>prefixes</em> of its network, each with its own
 * calibrator and its own measured quality, so that a caller can choose between time and truth. All
 * candidates of a call are scored by the same prefix, and stay comparable.
 */
public interface AnytimeScorer extends Scorer {

  /**
   * The first units of a network.
   *
   * @param index from 0, the shortest
   * @param units hidden units that it evaluates
   * @param logLoss mean log loss of its calibrated predictions, measured by the learner on examples
   *     before it trained on them, old ones fading; NaN before any
   * @param examples how many examples, faded, that mean is over
   */
  record Prefix(int index, int units, float logLoss, float examples) {}

  /** The prefixes of this version, shortest first; the last is the whole network. */
  List<Prefix> prefixes();

  /**
   * The logits by the longest prefix of at most {@code units} units.
   *
   * @return that prefix
   * @throws IllegalArgumentException if even the shortest has more
   */
  Prefix logits(EncodedExample[] candidates, float[] out, int units);

  /**
   * The logits by as long a prefix as the budget allows. The shortest is always evaluated; a longer
   * one is begun if, by what the one before took, it will end in time.
   *
   * @param budgetNanos from the call on
   * @param nanoTime a clock that does not run backwards
   * @return the prefix that was reached
   */
  Prefix logits(EncodedExample[] candidates, float[] out, long budgetNanos, LongSupplier nanoTime);

  /** The calibrated probability that belongs to a logit by {@code prefix}. */
  float calibrate(float logit, Prefix prefix);
}
