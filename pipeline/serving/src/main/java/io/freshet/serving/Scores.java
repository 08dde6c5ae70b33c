package io.freshet.serving;

import io.freshet.modellog.Version;
import io.freshet.scoring.AnytimeScorer.Prefix;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Click probabilities of one call, all by one version.
 *
 * @param staleness source clock at the call minus the event time up to which the version has learnt
 * @param probabilities in the order of the candidates
 * @param logits before calibration, in the same order
 * @param isDefault whether these are the reader's declared defaults, because {@code version} is
 *     staler than its limit
 * @param prefix which units of the network scored, and what that prefix is good for; the last
 *     prefix is the whole network. Null where the model has no prefixes, or did not score
 */
public record Scores(
    Version version,
    Duration staleness,
    float[] probabilities,
    float[] logits,
    boolean isDefault,
    @Nullable Prefix prefix) {

  /** Scores by a model without prefixes. */
  public Scores(Version version, Duration staleness, float[] probabilities, float[] logits) {
    this(version, staleness, probabilities, logits, false, null);
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
