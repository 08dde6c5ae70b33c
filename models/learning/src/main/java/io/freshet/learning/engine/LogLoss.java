package io.freshet.learning.engine;

/** Weighted log loss of logits, divided by the number of examples, and its gradient. */
final class LogLoss {

  final double loss;

  /** [B] of the logits. */
  final float[] gradient;

  LogLoss(float[] logits, PackedBatch batch) {
    gradient = new float[batch.size()];
    double sum = 0;
    for (int e = 0; e < gradient.length; e++) {
      double logit = logits[e];
      double label = batch.labels()[e];
      double weight = batch.weights()[e];
      // max(l, 0) − l·y + ln(1 + e^−|l|): the log loss without overflow.
      sum += weight * (Math.max(logit, 0) - logit * label + Math.log1p(Math.exp(-Math.abs(logit))));
      gradient[e] = (float) (weight * (1 / (1 + Math.exp(-logit)) - label) / gradient.length);
    }
    loss = sum / gradient.length;
  }
}
