package io.freshet.bench.experiments;

import io.freshet.scoring.kernel.FloatMath;

/** Mean cross-entropy of softmax(outputs) against classes. */
final class SoftmaxLoss implements Network.Loss {

  private final int classes;
  private final int[] labels;

  /**
   * @param labels [rows], read anew at every step
   */
  SoftmaxLoss(int classes, int[] labels) {
    this.classes = classes;
    this.labels = labels;
  }

  @Override
  public double apply(float[] outputs, int pitch, int rows) {
    double loss = 0;
    for (int r = 0; r < rows; r++) {
      int at = r * pitch;
      float largest = Float.NEGATIVE_INFINITY;
      for (int k = 0; k < classes; k++) {
        largest = Math.max(largest, outputs[at + k]);
      }
      float sum = 0;
      float own = outputs[at + labels[r]] - largest;
      for (int k = 0; k < classes; k++) {
        outputs[at + k] = FloatMath.exp(outputs[at + k] - largest);
        sum += outputs[at + k];
      }
      loss += StrictMath.log(sum) - own;
      for (int k = 0; k < classes; k++) {
        float p = outputs[at + k] / sum;
        outputs[at + k] = (p - (labels[r] == k ? 1 : 0)) / rows;
      }
      for (int k = classes; k < pitch; k++) {
        outputs[at + k] = 0;
      }
    }
    return loss / rows;
  }
}
