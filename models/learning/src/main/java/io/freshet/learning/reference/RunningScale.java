package io.freshet.learning.reference;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Standardises numbers by statistics from before the example: z = (x − mean) / √(variance + 1e-6),
 * clipped to ±5, identity until {@value #MIN_COUNT} values were seen, exponentially forgetting with
 * a window of {@value #WINDOW} values after that. A value that is not finite, or of a size above
 * {@value #LARGEST}, enters no statistics, and one far out counts as {@value #FAR} deviations out:
 * the networks standardise so too.
 */
final class RunningScale {

  private static final int MIN_COUNT = 100;
  private static final int WINDOW = 100_000;
  private static final double CLIP = 5;
  private static final double SMALLEST_VARIANCE = 1e-6;
  private static final double LARGEST = 1e18;
  private static final double FAR = 20;
  private static final int FEW = 10;
  private static final double LEAST_DEVIATION = 1;

  private final double[] means;
  private final double[] variances;
  private final long[] counts;

  RunningScale(int size) {
    means = new double[size];
    variances = new double[size];
    counts = new long[size];
  }

  double standardized(int i, float x) {
    double z =
        counts[i] < MIN_COUNT ? x : (x - means[i]) / Math.sqrt(variances[i] + SMALLEST_VARIANCE);
    return Math.max(-CLIP, Math.min(CLIP, z));
  }

  void learn(int i, float x) {
    if (!(Math.abs(x) <= LARGEST)) {
      return;
    }
    counts[i]++;
    double share = 1.0 / Math.min(counts[i], WINDOW);
    double away = x - means[i];
    if (counts[i] > FEW) {
      double far = FAR * Math.max(LEAST_DEVIATION, Math.sqrt(variances[i]));
      away = Math.max(-far, Math.min(far, away));
    }
    means[i] += share * away;
    variances[i] = (1 - share) * (variances[i] + share * away * away);
  }

  void save(DataOutput out) throws IOException {
    for (int i = 0; i < means.length; i++) {
      out.writeDouble(means[i]);
      out.writeDouble(variances[i]);
      out.writeLong(counts[i]);
    }
  }

  static RunningScale resume(int size, DataInput in) throws IOException {
    RunningScale scale = new RunningScale(size);
    for (int i = 0; i < size; i++) {
      scale.means[i] = in.readDouble();
      scale.variances[i] = in.readDouble();
      scale.counts[i] = in.readLong();
    }
    return scale;
  }
}
