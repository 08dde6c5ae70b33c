package io.freshet.scoring.boosted;

import io.freshet.scoring.ctr.CtrShape;
import io.freshet.scoring.ctr.InitialValues;
import io.freshet.scoring.ctr.Pooling;
import io.freshet.scoring.ctr.TensorSpec;
import io.freshet.scoring.feature.FeatureLayout;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettings.Boosting;
import io.freshet.scoring.settings.ModelSettings.Outputs;
import java.util.ArrayList;
import java.util.List;

/**
 * The tensors of a boosted network of T blocks of J units, U = T·J, on the input x of {@link
 * CtrShape} with histories pooled by their means. The blocks lie side by side in one hidden layer,
 * block t in units tJ to (t+1)J − 1, so that the network of the first blocks is the first columns.
 *
 * <pre>
 * base = start + skip·dense + sum of cross rows + sum of bias rows
 * s    = 2·sigmoid(2·(x·W + b)) − 1                                [U]
 * f_t  = cut(c_t + sum over t's units of s·v)                      within ±limit
 * y_t  = kept_t · y_(t−1) + steps_t · f_t,                         y_0 = 0
 * logit of the first n blocks = base + y_n
 * </pre>
 *
 * A unit is the paper's sigmoid unit with its output centred and its slope 1 at 0: the same
 * functions, which are learnt from the first batches on and not only once v has grown.
 */
public final class BoostedShape {

  /** W: [inputs, U]. */
  public static final String WEIGHT = "boost.W";

  /** b: [U]. */
  public static final String BIAS = "boost.b";

  /** v: [U]. */
  public static final String OUT_WEIGHT = "boost.out.W";

  /** c: [T]. */
  public static final String OUT_BIAS = "boost.out.b";

  /** [T]: what a block's output is multiplied with, shrinkage and Newton step together. */
  public static final String STEPS = "boost.steps";

  /** [T]: what the sum before a block is multiplied with; 1 unless sums are damped. */
  public static final String KEPT = "boost.kept";

  /** [1]: the log-odds of the label over all examples, old ones fading. */
  public static final String START = "boost.start";

  /** [prefixes but the last, 2]: (a, b) of each; the last one's is the model's calibrator. */
  public static final String PREFIX_CALIBRATION = "boost.prefix.calibration";

  /** [prefixes, 2]: mean log loss, and the faded number of examples that it is over. */
  public static final String PREFIX_QUALITY = "boost.prefix.quality";

  /**
   * A Newton step on one sure and wrong example is unbounded; XGBoost and LogitBoost cut it too.
   */
  private static final float NEWTON_LIMIT = 4f;

  /** D of arXiv 1506.04820: the weak learners' predictions must be bounded. */
  private static final float DAMPED_LIMIT = 1f;

  private final CtrShape network;
  private final Boosting boosting;

  public BoostedShape(ModelSettings settings) {
    this.boosting = settings.boosting();
    this.network =
        new CtrShape(
            settings,
            FeatureLayout.of(settings),
            Pooling.MEAN,
            inputs -> tensors(settings.boosting(), inputs));
  }

  /**
   * New blocks are random and silent: their steps are 0 until it is seen what they are good for.
   */
  private static List<TensorSpec> tensors(Boosting boosting, int inputs) {
    int blocks = boosting.blocks();
    int units = blocks * boosting.units();
    InitialValues zero = new InitialValues.Constant(0);
    List<TensorSpec> tensors = new ArrayList<>();
    tensors.add(
        trainable(WEIGHT, InitialValues.Normal.glorot(inputs, boosting.units()), inputs, units));
    InitialValues biases =
        boosting.biases() > 0 ? new InitialValues.Normal(boosting.biases()) : zero;
    tensors.add(trainable(BIAS, biases, units));
    if (boosting.outputs() == Outputs.NEWTON) {
      tensors.add(statistic(OUT_WEIGHT, zero, units));
      tensors.add(statistic(OUT_BIAS, zero, blocks));
    } else {
      tensors.add(trainable(OUT_WEIGHT, InitialValues.Normal.glorot(boosting.units(), 1), units));
      tensors.add(trainable(OUT_BIAS, zero, blocks));
    }
    tensors.add(statistic(STEPS, zero, blocks));
    tensors.add(statistic(KEPT, new InitialValues.Constant(1), blocks));
    tensors.add(statistic(START, zero, 1));
    int prefixes = boosting.prefixes().size();
    if (prefixes > 1) {
      List<Float> identity = new ArrayList<>();
      for (int p = 0; p < prefixes - 1; p++) {
        identity.addAll(List.of(1f, 0f));
      }
      tensors.add(
          statistic(PREFIX_CALIBRATION, new InitialValues.Listed(identity), prefixes - 1, 2));
    }
    tensors.add(statistic(PREFIX_QUALITY, zero, prefixes, 2));
    return tensors;
  }

  private static TensorSpec trainable(String name, InitialValues initial, Integer... shape) {
    return new TensorSpec(name, List.of(shape), TensorSpec.Role.TRAINABLE, initial);
  }

  private static TensorSpec statistic(String name, InitialValues initial, Integer... shape) {
    return new TensorSpec(name, List.of(shape), TensorSpec.Role.STATISTIC, initial);
  }

  /** What enters the blocks, and all tensors and tables. */
  public CtrShape network() {
    return network;
  }

  public Boosting boosting() {
    return boosting;
  }

  /** T. */
  public int blocks() {
    return boosting.blocks();
  }

  /** J. */
  public int blockUnits() {
    return boosting.units();
  }

  /** U. */
  public int units() {
    return boosting.blocks() * boosting.units();
  }

  public int prefixes() {
    return boosting.prefixes().size();
  }

  /** Blocks of prefix {@code p}. */
  public int prefixBlocks(int p) {
    return boosting.prefixBlocks(p);
  }

  /** The largest absolute output of a block. */
  public float limit() {
    return switch (boosting.sums()) {
      case NEWTON -> NEWTON_LIMIT;
      case DAMPED -> DAMPED_LIMIT;
    };
  }
}
