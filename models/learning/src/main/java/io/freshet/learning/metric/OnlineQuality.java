package io.freshet.learning.metric;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The prequential quality of one model as it learns, since its start and lately: what manifests and
 * the live page say. Bounded: two times 32 KiB. The AUCs are by histogram of the logit and so near
 * those of {@link QualityReport}; everything else is exact. Two of equal half-life that saw the
 * same calls hold the same bits, saved and resumed or not.
 */
public final class OnlineQuality {

  /** Half-life of the recent figures, in examples. */
  public static final double DEFAULT_HALF_LIFE = 10_000;

  /**
   * Figures of the examples so far; null where one cannot be measured.
   *
   * @param normalizedEntropy log loss over the entropy of the base rate
   * @param calibration mean prediction over mean label
   */
  public record Figures(
      @Nullable Double baseRate,
      @Nullable Double logLoss,
      @Nullable Double normalizedEntropy,
      @Nullable Double auc,
      @Nullable Double calibration) {}

  private static final int FORMAT = 1;

  private final double halfLife;
  private final QualitySums sinceStart;
  private final QualitySums lately;
  private long examples;

  public OnlineQuality() {
    this(DEFAULT_HALF_LIFE);
  }

  /**
   * @param halfLife of the recent figures, in examples
   */
  public OnlineQuality(double halfLife) {
    this(halfLife, new QualitySums(0), new QualitySums(halfLife), 0);
  }

  private OnlineQuality(
      double halfLife, QualitySums sinceStart, QualitySums lately, long examples) {
    if (!(halfLife >= 1 && halfLife < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "the half-life of recent figures must be >= 1 example and finite, got " + halfLife);
    }
    this.halfLife = halfLife;
    this.sinceStart = sinceStart;
    this.lately = lately;
    this.examples = examples;
  }

  /**
   * Adds an example whose label is known now.
   *
   * @param probability the prediction that counts
   * @throws IllegalArgumentException before anything was added, if one of them is out of its range
   */
  public void add(float probability, float label, float weight) {
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException("a probability must be from 0 to 1, got " + probability);
    }
    if (!(label >= 0 && label <= 1)) {
      throw new IllegalArgumentException("a label must be from 0 to 1, got " + label);
    }
    if (!(weight >= 0 && weight < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("a weight must be >= 0 and finite, got " + weight);
    }
    sinceStart.add(probability, label, weight);
    lately.add(probability, label, weight);
    examples++;
  }

  public long examples() {
    return examples;
  }

  public Figures sinceStart() {
    return sinceStart.figures();
  }

  /** With an exponentially fading weight of the given half-life. */
  public Figures recent() {
    return lately.figures();
  }

  /**
   * All that can be measured, by name: {@code examples}, {@code baseRate}, {@code logLoss}, {@code
   * normalizedEntropy}, {@code auc}, {@code calibration}, and the same of the recent figures as
   * {@code recent.logLoss} and so on.
   */
  public Map<String, Double> metrics() {
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("examples", (double) examples);
    put(metrics, "", sinceStart());
    put(metrics, "recent.", recent());
    return metrics;
  }

  private static void put(Map<String, Double> metrics, String prefix, Figures figures) {
    put(metrics, prefix + "baseRate", figures.baseRate());
    put(metrics, prefix + "logLoss", figures.logLoss());
    put(metrics, prefix + "normalizedEntropy", figures.normalizedEntropy());
    put(metrics, prefix + "auc", figures.auc());
    put(metrics, prefix + "calibration", figures.calibration());
  }

  private static void put(Map<String, Double> metrics, String name, @Nullable Double value) {
    if (value != null) {
      metrics.put(name, value);
    }
  }

  /** Writes everything that {@link #resume} needs, canonically: equal states write equal bytes. */
  public void save(DataOutput out) throws IOException {
    out.writeInt(FORMAT);
    out.writeDouble(halfLife);
    out.writeLong(examples);
    sinceStart.save(out);
    lately.save(out);
  }

  /** One that goes on bit for bit where the saved one was. */
  public static OnlineQuality resume(DataInput in) throws IOException {
    int format = in.readInt();
    if (format != FORMAT) {
      throw new IOException(
          "saved quality must be of format %d, found %d".formatted(FORMAT, format));
    }
    double halfLife = in.readDouble();
    long examples = in.readLong();
    QualitySums sinceStart = QualitySums.resume(0, in);
    return new OnlineQuality(halfLife, sinceStart, QualitySums.resume(halfLife, in), examples);
  }
}
