package io.freshet.serving;

import io.freshet.modellog.ScriptedLearner;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.Instance;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import io.freshet.scoring.state.Tensor;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Scores a {@link ScriptedLearner}'s state: the one value of all its floats, or NaN when there are
 * several.
 */
final class UniformModel implements ScoringModel {

  static final Instance ANY = new Instance("i", Map.of(), null, Map.of(), 0, 0, Map.of());

  private final Consumer<ModelState> onState;

  UniformModel() {
    this(state -> {});
  }

  /**
   * @param onState sees the empty states that are handed out, so that a test may change memory
   */
  UniformModel(Consumer<ModelState> onState) {
    this.onState = onState;
  }

  @Override
  public ModelState emptyState() {
    ModelState state = ScriptedLearner.emptyState(2);
    onState.accept(state);
    return state;
  }

  @Override
  public EncodedExample[] encode(List<Instance> instances) {
    return instances.stream()
        .map(
            instance ->
                new EncodedExample(
                    new long[0],
                    new long[0][],
                    new long[0],
                    new long[0],
                    new float[0],
                    new long[0],
                    new long[0][][],
                    instance.eventTime()))
        .toArray(EncodedExample[]::new);
  }

  @Override
  public io.freshet.scoring.Scorer scorer(ModelState state) {
    return new io.freshet.scoring.Scorer() {
      @Override
      public float logit(EncodedExample example) {
        return value(state);
      }

      @Override
      public float logit(EncodedExample example, float[] counters) {
        return value(state);
      }

      @Override
      public float calibrate(float logit) {
        return logit;
      }

      @Override
      public float[] counters(EncodedExample example) {
        return new float[0];
      }
    };
  }

  private static float value(ModelState state) {
    float value = state.tensor("bias").data()[0];
    for (Tensor tensor : state.tensors().values()) {
      for (float each : tensor.data()) {
        value = each == value ? value : Float.NaN;
      }
    }
    RowTable rows = state.table("rows");
    for (long id : rows.sortedIds()) {
      int row = rows.find(id);
      for (int i = 0; i < rows.width(); i++) {
        float each = rows.values(row)[rows.valueOffset(row) + i];
        value = each == value ? value : Float.NaN;
      }
    }
    return value;
  }

  static List<Instance> any() {
    return List.of(ANY);
  }
}
