package io.freshet.learning.gbnn;

import java.util.Arrays;

/** What is learnt: the loss of a score F, its pseudo-residuals −dL/dF and its Newton step. */
public enum Task {

  /** Squared error (y − F)²/2; labels are numbers, best standardised. */
  REGRESSION,

  /** ln(1 + e^(−2yF)), y = ±1; labels are 0 and 1, P(1) = sigmoid(2F). */
  BINARY,

  /** Cross-entropy of softmax(F); labels are the classes 0, 1, .... */
  MULTI_CLASS;

  /** Scores of an example. */
  int outputs(double[] labels) {
    return this == MULTI_CLASS ? (int) Arrays.stream(labels).max().orElse(0) + 1 : 1;
  }

  /** Refuses labels that this task cannot have. */
  void check(double[] labels) {
    for (int r = 0; r < labels.length; r++) {
      double y = labels[r];
      boolean fits =
          switch (this) {
            case REGRESSION -> Double.isFinite(y);
            case BINARY -> y == 0 || y == 1;
            case MULTI_CLASS -> y >= 0 && y < 10_000 && y == Math.rint(y);
          };
      if (!fits) {
        throw new IllegalArgumentException(
            "a label must be %s, got %s in row %d"
                .formatted(
                    switch (this) {
                      case REGRESSION -> "finite";
                      case BINARY -> "0 or 1";
                      case MULTI_CLASS -> "a whole number from 0 to 9999";
                    },
                    y,
                    r));
      }
    }
  }

  /**
   * The constant start: the mean; half the log-odds, kept finite when there is one class only; 0.
   */
  double[] start(double[] labels, int outputs) {
    double mean = Arrays.stream(labels).average().orElse(0);
    return switch (this) {
      case REGRESSION -> new double[] {mean};
      case BINARY -> {
        double least = 1.0 / (labels.length + 2);
        double p = Math.max(least, Math.min(1 - least, mean));
        yield new double[] {StrictMath.log(p / (1 - p)) / 2};
      }
      case MULTI_CLASS -> new double[outputs];
    };
  }

  /** Writes the residuals [outputs][rows] of {@code scores}; returns the mean loss. */
  double residuals(double[] labels, double[][] scores, double[][] residuals) {
    int rows = labels.length;
    double loss = 0;
    for (int r = 0; r < rows; r++) {
      switch (this) {
        case REGRESSION -> {
          double error = labels[r] - scores[0][r];
          residuals[0][r] = error;
          loss += error * error / 2;
        }
        case BINARY -> {
          double y = 2 * labels[r] - 1;
          double margin = 2 * y * scores[0][r];
          residuals[0][r] = 2 * y / (1 + StrictMath.exp(margin));
          loss += Math.max(0, -margin) + StrictMath.log1p(StrictMath.exp(-Math.abs(margin)));
        }
        case MULTI_CLASS -> {
          double[] p = softmax(scores, r);
          int y = (int) labels[r];
          for (int k = 0; k < p.length; k++) {
            residuals[k][r] = (k == y ? 1 : 0) - p[k];
          }
          loss -= StrictMath.log(Math.max(p[y], Double.MIN_NORMAL));
        }
      }
    }
    return loss / rows;
  }

  /**
   * The Newton step along {@code f}, one for all outputs; 0 where the loss has no curvature left,
   * as once every label is fitted.
   */
  double newton(double[] labels, double[][] residuals, double[][] f) {
    if (this == REGRESSION) {
      return 1;
    }
    double slope = 0;
    double curvature = 0;
    for (int k = 0; k < f.length; k++) {
      for (int r = 0; r < labels.length; r++) {
        double residual = residuals[k][r];
        double value = f[k][r];
        slope += residual * value;
        double p = (this == BINARY || (int) labels[r] != k ? 0 : 1) - residual;
        double h = this == BINARY ? residual * (2 * (2 * labels[r] - 1) - residual) : p * (1 - p);
        curvature += value * value * h;
      }
    }
    double step = slope / curvature;
    return Double.isFinite(step) ? step : 0;
  }

  static double[] softmax(double[][] scores, int row) {
    double[] p = new double[scores.length];
    double largest = Double.NEGATIVE_INFINITY;
    for (double[] score : scores) {
      largest = Math.max(largest, score[row]);
    }
    double sum = 0;
    for (int k = 0; k < p.length; k++) {
      p[k] = StrictMath.exp(scores[k][row] - largest);
      sum += p[k];
    }
    for (int k = 0; k < p.length; k++) {
      p[k] /= sum;
    }
    return p;
  }
}
