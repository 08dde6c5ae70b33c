package io.freshet.learning.boosted;

import io.freshet.learning.ctr.PlattCalibrator;
import io.freshet.learning.engine.PackedBatch;
import io.freshet.learning.table.LearnerChanges;
import io.freshet.scoring.boosted.BoostedShape;
import java.util.stream.Stream;

/**
 * The calibrator and the mean loss of every offered prefix, both on sums from before the batch was
 * trained on. The loss is that of the calibrated prediction, under the calibrator that was in
 * effect; of the last {@value #WINDOW} examples or so.
 */
final class PrefixQuality {

  private static final double WINDOW = 10_000;

  private final BoostedShape shape;
  private final BlockLoss loss;
  private final boolean calibrates;

  /** Of all prefixes but the last, which has the model's own. */
  private final PlattCalibrator[] calibrators;

  /** [prefixes]: faded sums of w·loss and of w. */
  private final double[] losses;

  private final double[] weights;

  PrefixQuality(BoostedShape shape, BlockLoss loss, boolean calibrates) {
    this.shape = shape;
    this.loss = loss;
    this.calibrates = calibrates;
    this.calibrators =
        Stream.generate(PlattCalibrator::new)
            .limit(shape.prefixes() - 1)
            .toArray(PlattCalibrator[]::new);
    this.losses = new double[shape.prefixes()];
    this.weights = new double[shape.prefixes()];
  }

  /**
   * @param calibration (a, b) of every prefix in effect, one after the other
   */
  void learn(PackedBatch batch, BlockStep step, float[] calibration) {
    int stride = shape.blocks() + 1;
    double fade = 1 - 1 / WINDOW;
    for (int e = 0; e < batch.size(); e++) {
      float label = batch.labels()[e];
      float weight = batch.weights()[e];
      for (int p = 0; p < losses.length; p++) {
        float logit = step.base()[e] + step.sums()[e * stride + shape.prefixBlocks(p)];
        float calibrated = Math.fma(calibration[2 * p], logit, calibration[2 * p + 1]);
        losses[p] = fade * losses[p] + weight * loss.of(calibrated, label);
        weights[p] = fade * weights[p] + weight;
        if (calibrates && p < calibrators.length) {
          calibrators[p].learn(logit, label, weight);
        }
      }
    }
  }

  /** Writes {@link BoostedShape#PREFIX_CALIBRATION}. */
  void applyCalibration(float[] tensor) {
    for (int p = 0; p < calibrators.length; p++) {
      calibrators[p].apply(tensor, 2 * p);
    }
  }

  /** Writes {@link BoostedShape#PREFIX_QUALITY}. */
  void applyQuality(float[] tensor) {
    for (int p = 0; p < losses.length; p++) {
      tensor[2 * p] = weights[p] > 0 ? (float) (losses[p] / weights[p]) : 0;
      tensor[2 * p + 1] = (float) weights[p];
    }
  }

  /** Declares what it remembers as a learner's own state. */
  void declare(LearnerChanges changes) {
    changes.ownDoubles("prefixes.losses", losses);
    changes.ownDoubles("prefixes.weights", weights);
    for (int p = 0; p < calibrators.length; p++) {
      calibrators[p].declare("prefixes.calibrator." + p, changes);
    }
  }
}
