package io.freshet.scoring.ctr;

import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureLayout;
import io.freshet.scoring.feature.FeatureLayout.CounterSlot;
import io.freshet.scoring.feature.FeatureLayout.IdSlot;
import io.freshet.scoring.kernel.Kernels;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import java.util.Arrays;
import java.util.List;

/**
 * What a click-through network reads of an example over one state: x, as {@link CtrShape} lays it
 * out, and what reaches the logit past the network. Owns scratch memory; every sum is one chain in
 * ascending order.
 */
public final class CtrInputs {

  private final CtrShape shape;
  private final DenseStandardizer standardizer;
  private final RowTable[] idTables;
  private final RowTable[] bagTables;
  private final RowTable[] addedTables;
  private final RowTable[] counterTables;
  private final CounterRows[] counterRows;
  private final HistoryInput[] histories;
  private final float[] skip;
  private final float[] denseMean;
  private final float[] denseVariance;
  private final float[] countersBase;
  private float[] bag = new float[0];

  public CtrInputs(CtrShape shape, ModelState state, Kernels kernels) {
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
    boolean dense = shape.denseSize() > 0;
    this.skip = tensor(state, CtrShape.SKIP, shape.linearSkip());
    this.denseMean = tensor(state, CtrShape.DENSE_MEAN, dense);
    this.denseVariance = tensor(state, CtrShape.DENSE_VARIANCE, dense);
    this.countersBase = tensor(state, CtrShape.COUNTERS_BASE, shape.counterSize() > 0);
  }

  private static RowTable[] tables(List<IdSlot> slots, ModelState state) {
    return slots.stream().map(slot -> state.table(slot.name())).toArray(RowTable[]::new);
  }

  private static float[] tensor(ModelState state, String name, boolean declared) {
    return declared ? state.tensor(name).data() : new float[0];
  }

  /** Forgets what was derived from the state; to be called before a run of calls on one state. */
  public void prepare() {
    for (HistoryInput history : histories) {
      history.prepare();
    }
  }

  /** Writes the counter features of {@code example} at its event time, [counter size]. */
  public void counters(EncodedExample example, float[] out) {
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

  /**
   * Writes x of {@code example}.
   *
   * @param counters as {@link #counters} gave them
   * @param x from {@code start} on, [input size]
   */
  public void fill(EncodedExample example, float[] counters, float[] x, int start) {
    for (int s = 0; s < idTables.length; s++) {
      Rows.copy(idTables[s], example.ids()[s], x, start + shape.idOffset(s));
    }
    for (int s = 0; s < bagTables.length; s++) {
      fillBag(bagTables[s], example.bags()[s], x, start + shape.bagOffset(s));
    }
    for (HistoryInput history : histories) {
      history.fill(example, x, start);
    }
    int dense = start + shape.denseOffset();
    standardizer.raw(example, counters, x, dense);
    standardizer.standardize(x, dense, denseMean, denseVariance);
  }

  private void fillBag(RowTable table, long[] ids, float[] x, int offset) {
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

  /**
   * {@code output} plus skip·dense, the cross rows and the bias rows.
   *
   * @param x from {@code start} on, filled for this example
   */
  public float withAdditions(float output, EncodedExample example, float[] x, int start) {
    float logit = output;
    int dense = start + shape.denseOffset();
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
