package io.freshet.learning.metric;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Running sums of predictions and labels, with or without forgetting (Gama et al., "On evaluating
 * stream learning algorithms", 2013). Forgetting multiplies what is already there by
 * 2^(−1/halfLife) per example; it is done by letting new examples weigh ever more, and scaling
 * everything by a power of two, which is exact, before they weigh too much.
 */
final class QualitySums {

  private static final double HEAVIEST = 0x1p40;

  private final double growth;
  private double unit = 1;
  private double weight;
  private double labels;
  private double predictions;
  private double losses;
  private AucHistogram histogram = new AucHistogram();

  /**
   * @param halfLife in examples; 0 = never forgets
   */
  QualitySums(double halfLife) {
    growth = halfLife == 0 ? 1 : StrictMath.pow(2, 1 / halfLife);
  }

  void add(double probability, double label, double exampleWeight) {
    unit *= growth;
    if (unit > HEAVIEST) {
      scale(1 / HEAVIEST);
    }
    double w = unit * exampleWeight;
    weight += w;
    labels += w * label;
    predictions += w * probability;
    losses += w * LogLoss.of(probability, label);
    histogram.add(LogLoss.logit(probability), label, w);
  }

  private void scale(double factor) {
    unit *= factor;
    weight *= factor;
    labels *= factor;
    predictions *= factor;
    losses *= factor;
    histogram.scale(factor);
  }

  OnlineQuality.Figures figures() {
    boolean bothClasses = labels > 0 && labels < weight;
    return new OnlineQuality.Figures(
        ratio(labels, weight),
        ratio(losses, weight),
        bothClasses ? losses / weight / LogLoss.entropy(labels / weight) : null,
        histogram.auc(),
        ratio(predictions, labels));
  }

  private static @Nullable Double ratio(double part, double whole) {
    return whole > 0 ? part / whole : null;
  }

  void save(DataOutput out) throws IOException {
    out.writeDouble(unit);
    out.writeDouble(weight);
    out.writeDouble(labels);
    out.writeDouble(predictions);
    out.writeDouble(losses);
    histogram.save(out);
  }

  static QualitySums resume(double halfLife, DataInput in) throws IOException {
    QualitySums sums = new QualitySums(halfLife);
    sums.unit = in.readDouble();
    sums.weight = in.readDouble();
    sums.labels = in.readDouble();
    sums.predictions = in.readDouble();
    sums.losses = in.readDouble();
    sums.histogram = AucHistogram.resume(in);
    return sums;
  }
}
