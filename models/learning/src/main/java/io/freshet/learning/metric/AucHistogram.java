package io.freshet.learning.metric;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * An AUC of bounded state: positives and negatives in {@value #BINS} bins of the logit, 1/64 wide,
 * the outermost open. Pairs within a bin count half, so it is off by at most half the share of
 * pairs that fall into one bin. State: 32 KiB; a saved one holds the bins in use.
 */
final class AucHistogram {

  static final int BINS = 2048;

  private static final double BINS_PER_LOGIT = 64;

  private final double[] positives = new double[BINS];
  private final double[] negatives = new double[BINS];

  /**
   * @param label from 0 to 1: the share of {@code weight} that is positive
   */
  void add(double logit, double label, double weight) {
    int bin = bin(logit);
    positives[bin] += weight * label;
    negatives[bin] += weight * (1 - label);
  }

  private static int bin(double logit) {
    double bin = Math.floor(logit * BINS_PER_LOGIT) + BINS / 2.0;
    return (int) Math.max(0, Math.min(BINS - 1, bin));
  }

  /** Null without a positive or without a negative. */
  @Nullable Double auc() {
    double below = 0;
    double right = 0;
    double positive = 0;
    for (int bin = 0; bin < BINS; bin++) {
      right += positives[bin] * (below + negatives[bin] / 2);
      below += negatives[bin];
      positive += positives[bin];
    }
    return positive > 0 && below > 0 ? right / (positive * below) : null;
  }

  void scale(double factor) {
    for (int bin = 0; bin < BINS; bin++) {
      positives[bin] *= factor;
      negatives[bin] *= factor;
    }
  }

  void save(DataOutput out) throws IOException {
    int used = 0;
    for (int bin = 0; bin < BINS; bin++) {
      used += used(bin) ? 1 : 0;
    }
    out.writeInt(used);
    for (int bin = 0; bin < BINS; bin++) {
      if (used(bin)) {
        out.writeShort(bin);
        out.writeDouble(positives[bin]);
        out.writeDouble(negatives[bin]);
      }
    }
  }

  private boolean used(int bin) {
    return positives[bin] != 0 || negatives[bin] != 0;
  }

  static AucHistogram resume(DataInput in) throws IOException {
    AucHistogram histogram = new AucHistogram();
    int used = in.readInt();
    for (int k = 0; k < used; k++) {
      int bin = in.readUnsignedShort();
      if (bin >= BINS) {
        throw new IOException("a bin must be below %d, found %d".formatted(BINS, bin));
      }
      histogram.positives[bin] = in.readDouble();
      histogram.negatives[bin] = in.readDouble();
    }
    return histogram;
  }
}
