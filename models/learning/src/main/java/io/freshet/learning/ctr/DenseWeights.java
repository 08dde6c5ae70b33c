package io.freshet.learning.ctr;

import io.freshet.learning.HashedNormal;
import io.freshet.learning.engine.CtrStep;
import io.freshet.learning.optimizer.DenseOptimizer;
import io.freshet.learning.optimizer.GradientNoise;
import io.freshet.learning.table.LearnerChanges;
import io.freshet.scoring.ctr.InitialValues;
import io.freshet.scoring.ctr.TensorSpec;
import io.freshet.scoring.settings.ModelSettings.Optimizer;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.Tensor;
import java.util.Arrays;
import java.util.List;

/** The dense tensors with their optimiser's slots, which lie in columns as the tensor does. */
public final class DenseWeights {

  private final List<TensorSpec> specs;
  private final ModelState state;
  private final LearnerChanges changes;
  private final DenseOptimizer optimizer;
  private final double clip;

  /** By tensor; of no floats where the optimiser remembers nothing. */
  private final List<Tensor> slots;

  public DenseWeights(
      List<TensorSpec> specs, ModelState state, LearnerChanges changes, Optimizer settings) {
    this.specs = specs;
    this.state = state;
    this.changes = changes;
    this.optimizer = DenseOptimizer.of(settings);
    this.clip = settings.clip();
    this.slots =
        specs.stream()
            .map(spec -> slots(spec, trainable(spec) ? slots(spec) : 0, changes))
            .toList();
  }

  private int slots(TensorSpec spec) {
    return optimizer.slots(spec.size(), columns(spec));
  }

  private static int columns(TensorSpec spec) {
    int[] dimensions = spec.dimensions();
    return dimensions[dimensions.length - 1];
  }

  private static Tensor slots(TensorSpec spec, int size, LearnerChanges changes) {
    String name = spec.name() + ".slots";
    return size == 0 ? Tensor.zeros(name, 0) : changes.ownTensor(name, size);
  }

  /** The values that new tensors start from. */
  public void create(long seed) {
    for (TensorSpec spec : specs) {
      float[] data = state.tensor(spec.name()).data();
      if (spec.initial() instanceof InitialValues.Constant constant) {
        Arrays.fill(data, constant.value());
      } else if (spec.initial() instanceof InitialValues.Listed listed) {
        for (int i = 0; i < data.length; i++) {
          data[i] = listed.values().get(i);
        }
      } else if (spec.initial() instanceof InitialValues.Normal normal) {
        HashedNormal.fill(
            HashedNormal.key(seed, spec.name()), normal.deviation(), data, 0, data.length);
      }
    }
  }

  public long parameters() {
    return specs.stream().filter(DenseWeights::trainable).mapToLong(TensorSpec::size).sum();
  }

  /**
   * Takes a step on every trainable tensor.
   *
   * @param gradients of the batch; scaled down in place where their norm together is above the
   *     limit
   * @param step counted from 1
   * @param elapsedMs event time since the step before
   * @param noise added to the gradients once they are scaled down
   */
  public void train(CtrStep gradients, long step, long elapsedMs, GradientNoise noise) {
    float scale = clipScale(gradients);
    for (int i = 0; i < specs.size(); i++) {
      if (trainable(specs.get(i))) {
        Tensor tensor = state.tensor(specs.get(i).name());
        float[] gradient = gradients.gradient(tensor.name());
        if (scale < 1) {
          for (int j = 0; j < gradient.length; j++) {
            gradient[j] *= scale;
          }
        }
        noise.addTo(tensor.name(), step, gradient);
        changes.touch(tensor);
        optimizer.update(tensor.data(), touchedSlots(i), gradient, elapsedMs);
      }
    }
  }

  /**
   * Gives a range of a trainable tensor's columns (its last dimension) new values and empty slots.
   *
   * @param values [rows of the tensor][to − from]
   */
  public void restart(String name, int from, int to, float[] values) {
    int i = 0;
    while (!specs.get(i).name().equals(name)) {
      i++;
    }
    Tensor tensor = state.tensor(name);
    changes.touch(tensor);
    int columns = columns(specs.get(i));
    int width = to - from;
    for (int row = 0; row * columns < tensor.data().length; row++) {
      System.arraycopy(values, row * width, tensor.data(), row * columns + from, width);
    }
    float[] remembered = touchedSlots(i);
    for (int row = 0; row * columns < remembered.length; row++) {
      Arrays.fill(remembered, row * columns + from, row * columns + to, 0f);
    }
  }

  private float[] touchedSlots(int i) {
    Tensor remembered = slots.get(i);
    if (remembered.data().length > 0) {
      changes.touchOwn(remembered);
    }
    return remembered.data();
  }

  private float clipScale(CtrStep gradients) {
    if (clip <= 0) {
      return 1;
    }
    double squares = 0;
    for (TensorSpec spec : specs) {
      if (trainable(spec)) {
        for (float g : gradients.gradient(spec.name())) {
          squares += (double) g * g;
        }
      }
    }
    return (float) Math.min(1, clip / Math.sqrt(squares));
  }

  private static boolean trainable(TensorSpec spec) {
    return spec.role() == TensorSpec.Role.TRAINABLE;
  }
}
