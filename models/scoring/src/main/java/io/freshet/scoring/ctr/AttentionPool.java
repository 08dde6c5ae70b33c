package io.freshet.scoring.ctr;

import io.freshet.scoring.kernel.Kernels;
import io.freshet.scoring.settings.ModelSettings.Normalize;
import io.freshet.scoring.state.ModelState;
import java.util.List;

/**
 * DIN's local activation unit (arXiv 1706.06978, section 4.3): a small network on [q, k, q−k, q∘k]
 * gives position k its weight for candidate q.
 *
 * <p>The first map is split by its inputs, W = (Wq; Wk; Wd; Wp), and evaluated in this order, which
 * needs a quarter of the multiplications and is part of the definition of a score's bits:
 *
 * <pre>
 * c = b + q·(Wq + Wd)      once per candidate
 * M = (Wk − Wd) + diag(q)·Wp
 * h = c + k·M              per position
 * </pre>
 */
final class AttentionPool implements HistoryPool {

  private final int width;
  private final int units;
  private final Normalize normalize;
  private final Kernels kernels;

  /** [4·width, units], of the first layer. */
  private final float[] weight;

  private final Layer first;
  private final LayerStack rest;

  private final float[] queryWeight;
  private final float[] keyWeight;
  private final float[] perCandidate;
  private final float[] perPosition;
  private final float[] zeros;
  private float[] hidden = new float[0];
  private float[] weights = new float[0];

  AttentionPool(CtrShape shape, int history, ModelState state, Kernels kernels) {
    List<LayerSpec> layers = shape.attentionLayers(history);
    String outWeight = shape.attentionOutWeight(history);
    String outBias = shape.attentionOutBias(history);
    this.width = shape.layout().histories().get(history).width();
    this.normalize = shape.attention().normalize();
    this.kernels = kernels;
    this.first = new Layer(layers.get(0), state, kernels);
    this.rest =
        new LayerStack(layers.subList(1, layers.size()), outWeight, outBias, state, kernels);
    this.units = first.out();
    this.weight = first.weight();
    this.queryWeight = new float[width * units];
    this.keyWeight = new float[width * units];
    this.perCandidate = new float[units];
    this.perPosition = new float[width * units];
    this.zeros = new float[width];
  }

  @Override
  public void prepare() {
    int block = width * units;
    for (int i = 0; i < block; i++) {
      queryWeight[i] = weight[i] + weight[2 * block + i];
      keyWeight[i] = weight[block + i] - weight[2 * block + i];
    }
    first.prepare();
    rest.prepare();
  }

  @Override
  public void pool(
      float[] query, int queryOffset, float[] keys, int positions, float[] out, int outOffset) {
    if (weights.length < positions) {
      weights = new float[positions];
    }
    weigh(query, queryOffset, keys, positions);
    switch (normalize) {
      case SOFTMAX -> kernels.softmax(weights, 0, positions);
      case MEAN -> {
        for (int p = 0; p < positions; p++) {
          weights[p] /= positions;
        }
      }
      case NONE -> {}
    }
    kernels.affine(
        1, positions, width, weights, 0, positions, keys, 0, width, zeros, 0, out, outOffset,
        width);
  }

  private void weigh(float[] query, int queryOffset, float[] keys, int positions) {
    kernels.affine(
        1,
        width,
        units,
        query,
        queryOffset,
        width,
        queryWeight,
        0,
        units,
        first.bias(),
        0,
        perCandidate,
        0,
        units);
    kernels.scaleRowsAdd(
        width, units, query, queryOffset, weight, 3 * width * units, keyWeight, perPosition);
    hidden = first.buffer(hidden, positions);
    kernels.affine(
        positions,
        width,
        units,
        keys,
        0,
        width,
        perPosition,
        0,
        units,
        perCandidate,
        0,
        hidden,
        0,
        first.pitch());
    first.activate(positions, hidden);
    rest.run(positions, hidden, 0, first.pitch(), weights, 0);
  }
}
