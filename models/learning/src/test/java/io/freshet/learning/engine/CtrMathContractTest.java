package io.freshet.learning.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.TestModel;
import io.freshet.scoring.ctr.CtrShape;
import io.freshet.scoring.ctr.LayerSpec;
import io.freshet.scoring.ctr.Pooling;
import io.freshet.scoring.ctr.TensorSpec;
import io.freshet.scoring.feature.FeatureLayout;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettings.Activation;
import io.freshet.scoring.settings.ModelSettings.Normalize;
import io.freshet.scoring.state.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What every engine must give, on every combination of pooling, activation and normalisation. */
class CtrMathContractTest {

  /** Of the largest entry of a tensor: float32 sums of a few hundred terms. */
  private static final double TOLERANCE = 1e-4;

  /**
   * Where the definition gives 0 and rounding does not: the shift of scores before a softmax, the
   * variance of one example.
   */
  private static final double FLOOR = 1e-6;

  static Stream<Arguments> networks() {
    List<Arguments> networks = new ArrayList<>();
    for (Activation activation : Activation.values()) {
      for (Normalize normalize : Normalize.values()) {
        networks.add(Arguments.of(Pooling.ATTENTION, activation, normalize));
      }
      networks.add(Arguments.of(Pooling.MEAN, activation, Normalize.SOFTMAX));
    }
    return networks.stream();
  }

  @ParameterizedTest
  @MethodSource("networks")
  void logitsLossAndGradientsAreThoseOfTheDefinition(
      Pooling pooling, Activation activation, Normalize normalize) {
    compare(shape(pooling, activation, normalize), 5);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void aBatchWithoutAnyHistoryTrainsTheRest(
      Pooling pooling, Activation activation, Normalize normalize) {
    // The first example of a random batch has empty histories and bags.
    compare(shape(pooling, activation, normalize), 1);
  }

  /** Those that settings name, and that of devices on the one device that is everywhere. */
  private static Map<String, Function<CtrShape, CtrMath>> engines() {
    Map<String, Function<CtrShape, CtrMath>> engines = new TreeMap<>();
    CtrEngines.names().forEach(name -> engines.put(name, shape -> CtrEngines.of(name, shape)));
    engines.put("device", shape -> new CountingDevice().math(shape));
    return engines;
  }

  private static void compare(CtrShape shape, int size) {
    RandomBatch random = new RandomBatch(shape, 11);
    Map<String, Tensor> tensors = random.tensors();
    PackedBatch batch = random.batch(size);
    ReferenceCtrMath reference = new ReferenceCtrMath(shape, arrays(tensors), batch);
    double[] logits = reference.logits();
    boolean dice = shape.mlp().get(0).activation() == Activation.DICE;
    Map<String, double[]> means = new TreeMap<>();
    Map<String, double[]> variances = new TreeMap<>();
    for (LayerSpec layer : layers(shape)) {
      if (reference.layers().contains(layer.name())) {
        int units = layer.out();
        String name = layer.name();
        means.put(
            name, IntStream.range(0, units).mapToDouble(u -> reference.mean(name, u)).toArray());
        variances.put(
            name,
            IntStream.range(0, units).mapToDouble(u -> reference.variance(name, u)).toArray());
      }
    }
    Map<String, double[]> gradients = new TreeMap<>();
    for (TensorSpec spec : shape.tensors()) {
      if (spec.role() == TensorSpec.Role.TRAINABLE) {
        gradients.put(spec.name(), reference.gradient(spec.name()));
      }
    }
    double[][] rows = new double[batch.rows().length][];
    for (int t = 0; t < rows.length; t++) {
      rows[t] = reference.rowGradient(t);
    }
    for (Map.Entry<String, Function<CtrShape, CtrMath>> each : engines().entrySet()) {
      String engine = each.getKey();
      try (CtrMath math = each.getValue().apply(shape)) {
        CtrStep step = math.step(tensors, batch);
        assertClose(engine + ": logits", step.logits(), logits);
        assertClose(engine + ": logits alone", math.logits(tensors, batch), logits);
        if (dice) {
          assertMoments(engine, step, means, variances);
        }
        assertThat(step.loss()).as(engine).isCloseTo(reference.loss(), within(1e-5));
        gradients.forEach(
            (name, gradient) -> assertClose(engine + ": " + name, step.gradient(name), gradient));
        for (int t = 0; t < rows.length; t++) {
          assertClose(engine + ": rows of table " + t, step.rows()[t], rows[t]);
        }
      }
    }
  }

  private static void assertMoments(
      String engine, CtrStep step, Map<String, double[]> means, Map<String, double[]> variances) {
    assertThat(step.moments().keySet()).as(engine).isEqualTo(means.keySet());
    step.moments()
        .forEach(
            (layer, moments) -> {
              assertClose(
                  engine + ": mean of " + layer,
                  moments.mean(),
                  means.getOrDefault(layer, new double[0]));
              assertClose(
                  engine + ": variance of " + layer,
                  moments.variance(),
                  variances.getOrDefault(layer, new double[0]));
            });
  }

  private static List<LayerSpec> layers(CtrShape shape) {
    List<LayerSpec> layers = new ArrayList<>(shape.mlp());
    for (int h = 0; h < shape.layout().histories().size(); h++) {
      layers.addAll(shape.attentionLayers(h));
    }
    return layers;
  }

  static CtrShape shape(Pooling pooling, Activation activation, Normalize normalize) {
    ModelSettings settings =
        TestModel.of("din").activation(activation).normalize(normalize).build();
    return new CtrShape(settings, FeatureLayout.of(settings), pooling);
  }

  private static void assertClose(String what, float[] actual, double[] expected) {
    double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    assertThat(doubles(actual))
        .as(what)
        .containsExactly(expected, within(TOLERANCE * largest + FLOOR));
  }

  private static double[] doubles(float[] floats) {
    return IntStream.range(0, floats.length).mapToDouble(i -> floats[i]).toArray();
  }

  private static Map<String, float[]> arrays(Map<String, Tensor> tensors) {
    Map<String, float[]> arrays = new TreeMap<>();
    tensors.forEach((name, tensor) -> arrays.put(name, tensor.data()));
    return arrays;
  }
}
