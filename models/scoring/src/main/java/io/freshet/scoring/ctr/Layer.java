package io.freshet.scoring.ctr;

import io.freshet.scoring.kernel.Kernels;
import io.freshet.scoring.state.ModelState;

/**
 * One hidden layer over the tensors of a state, which it reads in place. Its outputs lie in rows of
 * {@link #pitch} floats, of which the first {@link #out} count.
 */
final class Layer {

  private static final float VARIANCE_FLOOR = 1e-8f;

  private final LayerSpec spec;
  private final Kernels kernels;
  private final int pitch;
  private final float[] weight;
  private final float[] bias;
  private final float[] alphaTensor;
  private final float[] meanTensor;
  private final float[] varianceTensor;
  private final float[] alpha;
  private final float[] mean;
  private final float[] scale;

  Layer(LayerSpec spec, ModelState state, Kernels kernels) {
    this.spec = spec;
    this.kernels = kernels;
    this.pitch = Kernels.pitch(spec.out());
    this.weight = state.tensor(spec.weight()).data();
    this.bias = state.tensor(spec.bias()).data();
    boolean hasAlpha =
        switch (spec.activation()) {
          case PRELU, DICE -> true;
          case SIGMOID, RELU -> false;
        };
    boolean dice =
        switch (spec.activation()) {
          case DICE -> true;
          case PRELU, SIGMOID, RELU -> false;
        };
    this.alphaTensor = hasAlpha ? state.tensor(spec.alpha()).data() : new float[0];
    this.meanTensor = dice ? state.tensor(spec.mean()).data() : new float[0];
    this.varianceTensor = dice ? state.tensor(spec.variance()).data() : new float[0];
    this.alpha = new float[pitch];
    this.mean = new float[pitch];
    this.scale = new float[pitch];
  }

  int out() {
    return spec.out();
  }

  int pitch() {
    return pitch;
  }

  /** [in, out], row-major. */
  float[] weight() {
    return weight;
  }

  float[] bias() {
    return bias;
  }

  /** Reads what the activation needs; to be called before a run of calls on an unchanged state. */
  void prepare() {
    System.arraycopy(alphaTensor, 0, alpha, 0, alphaTensor.length);
    System.arraycopy(meanTensor, 0, mean, 0, meanTensor.length);
    for (int i = 0; i < varianceTensor.length; i++) {
      scale[i] = 1f / (float) Math.sqrt(varianceTensor[i] + VARIANCE_FLOOR);
    }
  }

  /** The layer's outputs before the activation, for {@code rows} inputs. */
  void map(int rows, float[] in, int inOffset, int inPitch, float[] to) {
    kernels.affine(
        rows,
        spec.in(),
        spec.out(),
        in,
        inOffset,
        inPitch,
        weight,
        0,
        spec.out(),
        bias,
        0,
        to,
        0,
        pitch);
  }

  /** Activates {@code rows} rows in place. */
  void activate(int rows, float[] x) {
    switch (spec.activation()) {
      case SIGMOID -> kernels.sigmoid(x, 0, rows * pitch);
      case RELU -> kernels.relu(x, 0, rows * pitch);
      case PRELU -> kernels.prelu(x, 0, rows, pitch, alpha);
      case DICE -> kernels.dice(x, 0, rows, pitch, mean, scale, alpha);
    }
  }

  /**
   * A buffer of the layer's outputs for at least {@code rows} rows: {@code old} if it is enough.
   */
  float[] buffer(float[] old, int rows) {
    return old.length >= rows * pitch ? old : new float[rows * pitch];
  }
}
