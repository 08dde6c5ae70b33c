package io.freshet.serving;

import io.freshet.modellog.Version;
import java.time.Duration;

/**
 * Click probabilities of one call, all by one version.
 *
 * @param staleness source clock at the call minus the event time up to which the version has learnt
 * @param probabilities in the order of the candidates
 * @param logits before calibration, in the same order
 * @param isDefault whether these are the reader's declared defaults, because {@code version} is
 *     staler than its limit
 */
public record Scores(
    Version version, Duration staleness, float[] probabilities, float[] logits, boolean isDefault) {

  /** Scores by a model. */
  public Scores(Version version, Duration staleness, float[] probabilities, float[] logits) {
    this(version, staleness, probabilities, logits, false);
  }

  /** The probability of candidate {@code i}. */
  public float of(int i) {
    return probabilities[i];
  }

  /** The number of candidates. */
  public int size() {
    return probabilities.length;
  }
}
