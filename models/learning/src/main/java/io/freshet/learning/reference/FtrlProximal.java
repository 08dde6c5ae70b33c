package io.freshet.learning.reference;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * FTRL-proximal over a fixed number of weights (McMahan et al., KDD 2013). Per coordinate, with
 * gradient g:
 *
 * <pre>
 * w = 0 if |z| ≤ l1, else −(z − sign(z)·l1) / ((beta + √n) / alpha + l2)
 * n' = decay·n + g²
 * z += g − (√n' − √n) / alpha · w
 * </pre>
 *
 * <p>With decay 1 this is the paper's. With less, n forgets while the same formula for z leaves w
 * where it was, so that a coordinate learns a change after millions of updates as fast as after
 * thousands. State: 16 bytes a weight; a saved one holds those that were ever updated.
 */
final class FtrlProximal {

  private final FtrlSettings settings;
  private final double decay;
  private final double[] z;
  private final double[] n;

  FtrlProximal(FtrlSettings settings, int size) {
    this.settings = settings;
    this.decay =
        settings.halfLifeUpdates() == 0 ? 1 : StrictMath.pow(0.5, 1 / settings.halfLifeUpdates());
    this.z = new double[size];
    this.n = new double[size];
  }

  double weight(int i) {
    double zi = z[i];
    if (Math.abs(zi) <= settings.l1()) {
      return 0;
    }
    double shrunk = zi - Math.signum(zi) * settings.l1();
    return -shrunk / ((settings.beta() + Math.sqrt(n[i])) / settings.alpha() + settings.l2());
  }

  /** The weighted sum of the active inputs, added in their order. */
  double dot(ActiveInputs inputs) {
    double sum = 0;
    for (int k = 0; k < inputs.count(); k++) {
      sum += weight(inputs.index(k)) * inputs.value(k);
    }
    return sum;
  }

  /**
   * One step on every active coordinate.
   *
   * @param slope the loss's derivative by the logit
   */
  void update(ActiveInputs inputs, double slope) {
    for (int k = 0; k < inputs.count(); k++) {
      int i = inputs.index(k);
      double g = slope * inputs.value(k);
      double w = weight(i);
      double after = decay * n[i] + g * g;
      z[i] += g - (Math.sqrt(after) - Math.sqrt(n[i])) / settings.alpha() * w;
      n[i] = after;
    }
  }

  void save(DataOutput out) throws IOException {
    out.writeDouble(settings.alpha());
    out.writeDouble(settings.beta());
    out.writeDouble(settings.l1());
    out.writeDouble(settings.l2());
    out.writeDouble(settings.halfLifeUpdates());
    out.writeInt(z.length);
    int touched = 0;
    for (int i = 0; i < z.length; i++) {
      touched += touched(i) ? 1 : 0;
    }
    out.writeInt(touched);
    for (int i = 0; i < z.length; i++) {
      if (touched(i)) {
        out.writeInt(i);
        out.writeDouble(z[i]);
        out.writeDouble(n[i]);
      }
    }
  }

  private boolean touched(int i) {
    return z[i] != 0 || n[i] != 0;
  }

  static FtrlProximal resume(FtrlSettings settings, int size, DataInput in) throws IOException {
    Saved.requireEqual("ftrl.alpha", in.readDouble(), settings.alpha());
    Saved.requireEqual("ftrl.beta", in.readDouble(), settings.beta());
    Saved.requireEqual("ftrl.l1", in.readDouble(), settings.l1());
    Saved.requireEqual("ftrl.l2", in.readDouble(), settings.l2());
    Saved.requireEqual("ftrl.halfLifeUpdates", in.readDouble(), settings.halfLifeUpdates());
    Saved.requireEqual("the number of weights", in.readInt(), size);
    FtrlProximal ftrl = new FtrlProximal(settings, size);
    int touched = in.readInt();
    for (int k = 0; k < touched; k++) {
      int i = in.readInt();
      if (i < 0 || i >= size) {
        throw new IOException("a weight's index must be below %d, found %d".formatted(size, i));
      }
      ftrl.z[i] = in.readDouble();
      ftrl.n[i] = in.readDouble();
    }
    return ftrl;
  }
}
