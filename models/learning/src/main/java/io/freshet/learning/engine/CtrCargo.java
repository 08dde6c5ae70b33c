package io.freshet.learning.engine;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.freshet.scoring.ctr.CtrShape;
import io.freshet.scoring.ctr.LayerSpec;
import io.freshet.scoring.ctr.Pooling;
import io.freshet.scoring.ctr.TensorSpec;
import io.freshet.scoring.settings.ModelSettings.Activation;
import io.freshet.scoring.settings.ModelSettings.Normalize;
import io.freshet.scoring.state.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Packs one batch of a click-through network for a device: tensors and gathered rows, what the loss
 * needs, and where each row goes. Its size follows the batch's unique rows, not the tables.
 */
final class CtrCargo {

  /** The score of padding, [1][1], which softmax turns into 0. */
  static final String MASKED = "masked";

  static final String LABELS = "labels";

  /** [B][1]: weight over the number of examples. */
  static final String WEIGHTS = "weights";

  static final String DENSE = "dense";

  private static final float NO_SCORE = -1e9f;

  private final CtrShape shape;
  private final Map<String, Tensor> tensors;
  private final PackedBatch batch;
  private final boolean training;
  private final Cargo cargo = new Cargo();

  private CtrCargo(
      CtrShape shape, Map<String, Tensor> tensors, PackedBatch batch, boolean training) {
    this.shape = shape;
    this.tensors = tensors;
    this.batch = batch;
    this.training = training;
  }

  static Cargo of(
      CtrShape shape, Map<String, Tensor> tensors, PackedBatch batch, boolean training) {
    CtrCargo packed = new CtrCargo(shape, tensors, batch, training);
    packed.putTensors();
    packed.putExamples();
    packed.putBags();
    packed.cargo.given(MASKED, new float[] {NO_SCORE}, 1, 1);
    packed.putLayers(shape.mlp(), CtrShape.MLP_OUT_WEIGHT, batch.weights());
    for (int h = 0; h < shape.layout().histories().size(); h++) {
      if (batch.positions(h) > 0) {
        packed.putHistory(h);
      }
    }
    return packed.cargo;
  }

  static String rows(int table) {
    return "rows" + table;
  }

  /** Entries of a table in one example each, [B]. */
  static String entries(int table) {
    return "entries" + table;
  }

  /** Entries of a bag, [B][longest], padded with entry 0. */
  static String bag(int b) {
    return "bag" + b;
  }

  /** [B][1][longest]: one over the bag's size, 0 where padded. */
  static String bagShares(int b) {
    return "bagShares" + b;
  }

  static String field(int h, int f) {
    return "history" + h + "." + f;
  }

  /** [positions]: the example that a position is of. */
  static String owners(int h) {
    return "owners" + h;
  }

  /** [B][longest]: the position that stands there; the one after the last where none does. */
  static String places(int h) {
    return "places" + h;
  }

  /** [B][longest]: 1, or one over the history's length; 0 where padded. */
  static String factors(int h) {
    return "factors" + h;
  }

  /** [1][width]: the key of padding. */
  static String nothing(int h) {
    return "nothing" + h;
  }

  /** DJL's concatenation of a single array is a copy that no gradient passes. */
  static PtNDArray cat(PtNDArray[] parts, int axis) {
    return parts.length == 1 ? parts[0] : JniUtils.cat(parts, axis);
  }

  /** Of a history of the batch, at least 1. */
  static int longest(int[] offsets) {
    int longest = 1;
    for (int e = 0; e + 1 < offsets.length; e++) {
      longest = Math.max(longest, offsets[e + 1] - offsets[e]);
    }
    return longest;
  }

  private void putTensors() {
    for (TensorSpec spec : shape.tensors()) {
      if (spec.role() == TensorSpec.Role.TRAINABLE) {
        cargo.learnt(spec.name(), Tensors.data(tensors, spec.name()), matrix(spec));
      }
    }
    List<Integer> widths = new ArrayList<>();
    shape.layout().ids().forEach(slot -> widths.add(slot.width()));
    shape.layout().bags().forEach(slot -> widths.add(slot.width()));
    for (int t = 0; t < batch.rows().length; t++) {
      float[] rows = batch.rows()[t];
      int width = t < widths.size() ? widths.get(t) : 1;
      cargo.learnt(rows(t), rows, rows.length / width, width);
    }
  }

  /** A weight of one dimension has one column; biases and slopes are no weights. */
  private static long[] matrix(TensorSpec spec) {
    int[] dimensions = spec.dimensions();
    if (dimensions.length == 1) {
      boolean weight = spec.name().endsWith(".W");
      return weight ? new long[] {dimensions[0], 1} : new long[] {dimensions[0]};
    }
    return new long[] {dimensions[0], dimensions[1]};
  }

  private void putExamples() {
    int size = batch.size();
    cargo.given(LABELS, batch.labels(), size, 1);
    float[] weights = new float[size];
    for (int e = 0; e < size; e++) {
      weights[e] = batch.weights()[e] / size;
    }
    cargo.given(WEIGHTS, weights, size, 1);
    if (shape.denseSize() > 0) {
      cargo.given(DENSE, batch.dense(), size, shape.denseSize());
    }
    int table = 0;
    for (int[] ids : batch.ids()) {
      cargo.indices(entries(table++), ids, size);
    }
    table += batch.bags().length;
    for (int[] crosses : batch.crosses()) {
      cargo.indices(entries(table++), crosses, size);
    }
    for (int[] biases : batch.biases()) {
      cargo.indices(entries(table++), biases, size);
    }
  }

  private void putBags() {
    int size = batch.size();
    for (int b = 0; b < batch.bags().length; b++) {
      int[] offsets = batch.bagOffsets()[b];
      int longest = longest(offsets);
      int[] padded = new int[size * longest];
      float[] shares = new float[size * longest];
      for (int e = 0; e < size; e++) {
        int n = offsets[e + 1] - offsets[e];
        for (int j = 0; j < n; j++) {
          padded[e * longest + j] = batch.bags()[b][offsets[e] + j];
          shares[e * longest + j] = 1f / n;
        }
      }
      cargo.indices(bag(b), padded, size, longest);
      cargo.given(bagShares(b), shares, size, 1, longest);
    }
  }

  private void putHistory(int h) {
    int size = batch.size();
    int positions = batch.positions(h);
    int[] offsets = batch.historyOffsets()[h];
    int longest = longest(offsets);
    boolean whole =
        shape.pooling() == Pooling.ATTENTION && shape.attention().normalize() == Normalize.NONE;
    int[] owners = new int[positions];
    int[] places = new int[size * longest];
    float[] factors = new float[size * longest];
    float[] weights = new float[positions];
    for (int e = 0; e < size; e++) {
      int n = offsets[e + 1] - offsets[e];
      for (int j = 0; j < longest; j++) {
        int at = e * longest + j;
        places[at] = j < n ? offsets[e] + j : positions;
        factors[at] = j >= n ? 0 : whole ? 1 : 1f / n;
      }
      for (int j = offsets[e]; j < offsets[e + 1]; j++) {
        owners[j] = e;
        weights[j] = batch.weights()[e];
      }
    }
    for (int f = 0; f < batch.histories()[h].length; f++) {
      cargo.indices(field(h, f), batch.histories()[h][f], positions);
    }
    int width = shape.layout().histories().get(h).width();
    cargo.given(nothing(h), new float[width], 1, width);
    cargo.indices(places(h), places, size, longest);
    cargo.given(factors(h), factors, size, longest);
    if (shape.pooling() == Pooling.ATTENTION) {
      cargo.indices(owners(h), owners, positions);
      putLayers(shape.attentionLayers(h), shape.attentionOutWeight(h), weights);
    }
  }

  /** What Dice knows from before the step, and by what its moments are weighted. */
  private void putLayers(List<LayerSpec> layers, String outWeight, float[] rowWeights) {
    boolean dice = false;
    for (LayerSpec layer : layers) {
      if (layer.activation() == Activation.DICE) {
        dice = true;
        cargo.given(layer.mean(), Tensors.data(tensors, layer.mean()), layer.out());
        cargo.given(layer.variance(), DjlStack.scale(layer, tensors), layer.out());
      }
    }
    float[] shares = DjlStack.shares(rowWeights);
    if (training && dice && shares != null) {
      cargo.given(DeviceLayers.shares(outWeight), shares, 1, shares.length);
    }
  }
}
