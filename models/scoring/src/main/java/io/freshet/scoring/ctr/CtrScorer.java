package io.freshet.scoring.ctr;

import io.freshet.scoring.Scorer;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureLayout;
import io.freshet.scoring.feature.FeatureLayout.CounterSlot;
import io.freshet.scoring.feature.FeatureLayout.IdSlot;
import io.freshet.scoring.kernel.FloatMath;
import io.freshet.scoring.kernel.Kernels;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import java.util.Arrays;
import java.util.List;

/**
 * The click-through network, forwards: {@link CtrShape} says what enters it. Float32; every sum is
 * one chain of fused multiply-adds in ascending order, so that all machines give the same bits.
 *
 * <pre>
 * logit = mlp(x) + skip·dense + sum of cross rows + sum of bias rows
 * probability = sigmoid(a·logit + b)
 * </pre>
 *
 * Nothing is kept between calls: the state may change between any two.
 */
public final class CtrScorer implements Scorer {

  /** Candidates whose activations are in memory at once. */
  private static final int BLOCK = 32;

  private final CtrShape shape;
  private final DenseStandardizer standardizer;
  private final RowTable[] idTables;
  private final RowTable[] bagTables;
  private final RowTable[] addedTables;
  private final RowTable[] counterTables;
  private final CounterRows[] counterRows;
  private final HistoryInput[] histories;
  private final LayerStack mlp;
  private final float[] skip;
  private final float[] denseMean;
  private final float[] denseVariance;
  private final float[] countersBase;
  private final float[] calibration;

  private final float[] x;
  private final float[] outputs = new float[BLOCK];
  private float[] bag = new float[0];

  public CtrScorer(CtrShape shape, ModelState state) {
    this(shape, state, Kernels.best());
  }

  CtrScorer(CtrShape shape, ModelState state, Kernels kernels) {
    FeatureLayout layout = shape.layout();
    this.shape = shape;
    this.standardizer = new DenseStandardizer(shape);
    this.idTables = tables(layout.ids(), state);
    this.bagTables = tables(layout.bags(), state);
    RowTable[] crosses = tables(layout.crosses(), state);
    RowTable[] biases = tables(layout.biases(), state);
    this.addedTables = Arrays.copyOf(crosses, crosses.length + biases.length);
    System.arraycopy(biases, 0, addedTables, crosses.length, biases.length);
    this.counterTables =
        layout.counters().stream().map(slot -> state.table(slot.name())).toArray(RowTable[]::new);
    this.counterRows =
        layout.counters().stream()
            .map(CounterSlot::halfLivesMs)
            .map(CounterRows::new)
            .toArray(CounterRows[]::new);
    this.histories = new HistoryInput[layout.histories().size()];
    for (int h = 0; h < histories.length; h++) {
      histories[h] = new HistoryInput(shape, h, state, kernels);
    }
    this.mlp =
        new LayerStack(shape.mlp(), CtrShape.MLP_OUT_WEIGHT, CtrShape.MLP_OUT_BIAS, state, kernels);
    boolean dense = shape.denseSize() > 0;
    this.skip = tensor(state, CtrShape.SKIP, shape.linearSkip());
    this.denseMean = tensor(state, CtrShape.DENSE_MEAN, dense);
    this.denseVariance = tensor(state, CtrShape.DENSE_VARIANCE, dense);
    this.countersBase = tensor(state, CtrShape.COUNTERS_BASE, shape.counterSize() > 0);
    this.calibration = tensor(state, CtrShape.CALIBRATION, true);
    this.x = new float[BLOCK * shape.inputSize()];
  }

  private static RowTable[] tables(List<IdSlot> slots, ModelState state) {
    return slots.stream().map(slot -> state.table(slot.name())).toArray(RowTable[]::new);
  }

  private static float[] tensor(ModelState state, String name, boolean declared) {
    return declared ? state.tensor(name).data() : new float[0];
  }

  @Override
  public float logit(EncodedExample example) {
    return logit(example, counters(example));
  }

  /**
   * The logit with counter features that were read earlier.
   *
   * @param counters as {@link #counters} gave them
   */
  public float logit(EncodedExample example, float[] counters) {
    prepare();
    fill(example, counters, 0);
    mlp.run(1, x, 0, shape.inputSize(), outputs, 0);
    return withAdditions(outputs[0], example, 0);
  }

  @Override
  public void logits(EncodedExample[] candidates, float[] out) {
    prepare();
    float[] counters = new float[shape.counterSize()];
    for (int start = 0; start < candidates.length; start += BLOCK) {
      int count = Math.min(BLOCK, candidates.length - start);
      for (int i = 0; i < count; i++) {
        counters(candidates[start + i], counters);
        fill(candidates[start + i], counters, i);
      }
      mlp.run(count, x, 0, shape.inputSize(), outputs, 0);
      for (int i = 0; i < count; i++) {
        out[start + i] = withAdditions(outputs[i], candidates[start + i], i);
      }
    }
  }

  @Override
  public float calibrate(float logit) {
    return FloatMath.sigmoid(Math.fma(calibration[0], logit, calibration[1]));
  }

  @Override
  public float[] counters(EncodedExample example) {
    float[] counters = new float[shape.counterSize()];
    counters(example, counters);
    return counters;
  }

  private void counters(EncodedExample example, float[] out) {
    for (int c = 0; c < counterTables.length; c++) {
      RowTable table = counterTables[c];
      int row = Rows.find(table, example.counterIds()[c]);
      counterRows[c].read(
          table.values(row),
          table.valueOffset(row),
          example.eventTime(),
          countersBase,
          out,
          shape.counterValueOffset(c));
    }
  }

  private void prepare() {
    mlp.prepare();
    for (HistoryInput history : histories) {
      history.prepare();
    }
  }

  /** Writes row {@code i} of x. */
  private void fill(EncodedExample example, float[] counters, int i) {
    int start = i * shape.inputSize();
    for (int s = 0; s < idTables.length; s++) {
      Rows.copy(idTables[s], example.ids()[s], x, start + shape.idOffset(s));
    }
    for (int s = 0; s < bagTables.length; s++) {
      fillBag(bagTables[s], example.bags()[s], start + shape.bagOffset(s));
    }
    for (HistoryInput history : histories) {
      history.fill(example, x, start);
    }
    int dense = start + shape.denseOffset();
    standardizer.raw(example, counters, x, dense);
    standardizer.standardize(x, dense, denseMean, denseVariance);
  }

  private void fillBag(RowTable table, long[] ids, int offset) {
    int width = table.width();
    if (ids.length == 0) {
      Arrays.fill(x, offset, offset + width, 0f);
      return;
    }
    if (bag.length < ids.length * width) {
      bag = new float[ids.length * width];
    }
    for (int n = 0; n < ids.length; n++) {
      Rows.copy(table, ids[n], bag, n * width);
    }
    MeanPool.mean(bag, ids.length, width, x, offset);
  }

  private float withAdditions(float output, EncodedExample example, int i) {
    float logit = output;
    int dense = i * shape.inputSize() + shape.denseOffset();
    for (int d = 0; d < skip.length; d++) {
      logit = Math.fma(x[dense + d], skip[d], logit);
    }
    int crosses = example.crosses().length;
    for (int s = 0; s < addedTables.length; s++) {
      long id = s < crosses ? example.crosses()[s] : example.biases()[s - crosses];
      logit += Rows.scalar(addedTables[s], id);
    }
    return logit;
  }
}
