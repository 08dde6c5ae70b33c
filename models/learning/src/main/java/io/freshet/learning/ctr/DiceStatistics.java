package io.freshet.learning.ctr;

import io.freshet.learning.engine.CtrStep.Moments;
import io.freshet.learning.table.LearnerChanges;
import io.freshet.scoring.ctr.CtrShape;
import io.freshet.scoring.ctr.LayerSpec;
import io.freshet.scoring.settings.ModelSettings.Activation;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The running mean and variance of what enters each Dice activation; a batch enters after its step.
 */
final class DiceStatistics {

  private static final float DECAY = 0.99f;

  private final List<LayerSpec> layers = new ArrayList<>();
  private final ModelState state;
  private final LearnerChanges changes;

  DiceStatistics(CtrShape shape, ModelState state, LearnerChanges changes) {
    this.state = state;
    this.changes = changes;
    for (int h = 0; h < shape.layout().histories().size(); h++) {
      layers.addAll(shape.attentionLayers(h));
    }
    layers.addAll(shape.mlp());
    layers.removeIf(layer -> layer.activation() != Activation.DICE);
  }

  /** A layer that saw nothing in this batch is not in {@code moments}, and stays as it is. */
  void learn(Map<String, Moments> moments) {
    for (LayerSpec layer : layers) {
      Moments batch = moments.get(layer.name());
      if (batch != null) {
        fade(state.tensor(layer.mean()), batch.mean());
        fade(state.tensor(layer.variance()), batch.variance());
      }
    }
  }

  private void fade(Tensor running, float[] batch) {
    changes.touch(running);
    for (int u = 0; u < batch.length; u++) {
      running.data()[u] = DECAY * running.data()[u] + (1 - DECAY) * batch[u];
    }
  }
}
