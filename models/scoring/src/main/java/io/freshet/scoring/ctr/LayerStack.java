package io.freshet.scoring.ctr;

import io.freshet.scoring.kernel.Kernels;
import io.freshet.scoring.state.ModelState;
import java.util.List;

/** Hidden layers and one linear output, over the tensors of a state. Owns scratch memory. */
final class LayerStack {

  private final Layer[] layers;
  private final float[] outWeight;
  private final float[] outBias;
  private final Kernels kernels;
  private final float[][] buffers;

  LayerStack(
      List<LayerSpec> layers, String outWeight, String outBias, ModelState state, Kernels kernels) {
    this.layers =
        layers.stream().map(spec -> new Layer(spec, state, kernels)).toArray(Layer[]::new);
    this.outWeight = state.tensor(outWeight).data();
    this.outBias = state.tensor(outBias).data();
    this.kernels = kernels;
    this.buffers = new float[this.layers.length][0];
  }

  void prepare() {
    for (Layer layer : layers) {
      layer.prepare();
    }
  }

  /** Writes one output per row of {@code in}. */
  void run(int rows, float[] in, int inOffset, int inPitch, float[] out, int outOffset) {
    float[] x = in;
    int offset = inOffset;
    int pitch = inPitch;
    for (int l = 0; l < layers.length; l++) {
      Layer layer = layers[l];
      buffers[l] = layer.buffer(buffers[l], rows);
      layer.map(rows, x, offset, pitch, buffers[l]);
      layer.activate(rows, buffers[l]);
      x = buffers[l];
      offset = 0;
      pitch = layer.pitch();
    }
    kernels.project(
        rows, outWeight.length, x, offset, pitch, outWeight, outBias[0], out, outOffset);
  }
}
