package io.freshet.scoring.boosted;

import io.freshet.scoring.AnytimeScorer;
import io.freshet.scoring.ctr.CtrInputs;
import io.freshet.scoring.ctr.CtrShape;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.kernel.FloatMath;
import io.freshet.scoring.kernel.Kernels;
import io.freshet.scoring.state.ModelState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The boosted network of {@link BoostedShape}, forwards. Float32; a score has the same bits on all
 * machines, and a prefix's logit is exactly the sum of its blocks. Nothing is kept between calls:
 * the state may change between any two.
 */
final class BoostedScorer implements AnytimeScorer {

  private final BoostedShape shape;
  private final int inputSize;
  private final CtrInputs inputs;
  private final Blocks blocks;
  private final float[] start;
  private final float[] calibration;
  private final float[] prefixCalibration;
  private final float[] prefixQuality;
  private float[] x;
  private float[] base = new float[1];
  private float[] sums = new float[1];

  BoostedScorer(BoostedShape shape, ModelState state, Kernels kernels) {
    this.shape = shape;
    this.inputSize = shape.network().inputSize();
    this.inputs = new CtrInputs(shape.network(), state, kernels);
    this.blocks = new Blocks(shape, state.tensors(), kernels);
    this.start = state.tensor(BoostedShape.START).data();
    this.calibration = state.tensor(CtrShape.CALIBRATION).data();
    this.prefixCalibration =
        shape.prefixes() > 1 ? state.tensor(BoostedShape.PREFIX_CALIBRATION).data() : new float[0];
    this.prefixQuality = state.tensor(BoostedShape.PREFIX_QUALITY).data();
    this.x = new float[inputSize];
  }

  @Override
  public float logit(EncodedExample example) {
    return logit(example, counters(example));
  }

  @Override
  public float logit(EncodedExample example, float[] counters) {
    inputs.prepare();
    fill(example, counters, 0);
    sums[0] = 0;
    add(1, 0, shape.blocks());
    return base[0] + sums[0];
  }

  @Override
  public void logits(EncodedExample[] candidates, float[] out) {
    fill(candidates);
    add(candidates.length, 0, shape.blocks());
    write(out, candidates.length);
  }

  @Override
  public List<Prefix> prefixes() {
    List<Prefix> prefixes = new ArrayList<>();
    for (int p = 0; p < shape.prefixes(); p++) {
      prefixes.add(prefix(p));
    }
    return prefixes;
  }

  @Override
  public Prefix logits(EncodedExample[] candidates, float[] out, int units) {
    int longest = shape.prefixes() - 1;
    while (longest >= 0 && units(longest) > units) {
      longest--;
    }
    if (longest < 0) {
      throw new IllegalArgumentException(
          "units must be at least those of the shortest prefix, %d, got %d"
              .formatted(units(0), units));
    }
    fill(candidates);
    add(candidates.length, 0, shape.prefixBlocks(longest));
    write(out, candidates.length);
    return prefix(longest);
  }

  @Override
  public Prefix logits(
      EncodedExample[] candidates, float[] out, long budgetNanos, LongSupplier nanoTime) {
    long began = nanoTime.getAsLong();
    fill(candidates);
    int done = shape.prefixBlocks(0);
    int reached = 0;
    long before = nanoTime.getAsLong();
    add(candidates.length, 0, done);
    long now = nanoTime.getAsLong();
    long perBlock = (now - before) / done;
    while (reached + 1 < shape.prefixes()) {
      int next = shape.prefixBlocks(reached + 1);
      if (now - began + perBlock * (next - done) > budgetNanos) {
        break;
      }
      if (next > done) {
        before = now;
        add(candidates.length, done, next);
        now = nanoTime.getAsLong();
        perBlock = (now - before) / (next - done);
        done = next;
      }
      reached++;
    }
    write(out, candidates.length);
    return prefix(reached);
  }

  @Override
  public float calibrate(float logit) {
    return FloatMath.sigmoid(Math.fma(calibration[0], logit, calibration[1]));
  }

  @Override
  public float calibrate(float logit, Prefix prefix) {
    int p = prefix.index();
    if (p == shape.prefixes() - 1) {
      return calibrate(logit);
    }
    return FloatMath.sigmoid(
        Math.fma(prefixCalibration[2 * p], logit, prefixCalibration[2 * p + 1]));
  }

  @Override
  public float[] counters(EncodedExample example) {
    float[] counters = new float[shape.network().counterSize()];
    inputs.counters(example, counters);
    return counters;
  }

  private Prefix prefix(int p) {
    float examples = prefixQuality[2 * p + 1];
    return new Prefix(p, units(p), examples > 0 ? prefixQuality[2 * p] : Float.NaN, examples);
  }

  private int units(int p) {
    return shape.prefixBlocks(p) * shape.blockUnits();
  }

  /** Writes x and the base of every candidate; the sums are 0. */
  private void fill(EncodedExample[] candidates) {
    if (base.length < candidates.length) {
      x = new float[candidates.length * inputSize];
      base = new float[candidates.length];
      sums = new float[candidates.length];
    }
    inputs.prepare();
    float[] counters = new float[shape.network().counterSize()];
    for (int i = 0; i < candidates.length; i++) {
      inputs.counters(candidates[i], counters);
      fill(candidates[i], counters, i);
    }
    Arrays.fill(sums, 0, candidates.length, 0f);
  }

  private void fill(EncodedExample example, float[] counters, int i) {
    inputs.fill(example, counters, x, i * inputSize);
    base[i] = inputs.withAdditions(start[0], example, x, i * inputSize);
  }

  /** Goes on with the sums of all candidates from block {@code from} to before {@code to}. */
  private void add(int rows, int from, int to) {
    blocks.evaluate(rows, x, from, to);
    for (int i = 0; i < rows; i++) {
      float y = sums[i];
      for (int t = from; t < to; t++) {
        y = blocks.add(y, t, blocks.cut(blocks.rawOutput(i, t)));
      }
      sums[i] = y;
    }
  }

  private void write(float[] out, int count) {
    for (int i = 0; i < count; i++) {
      out[i] = base[i] + sums[i];
    }
  }
}
