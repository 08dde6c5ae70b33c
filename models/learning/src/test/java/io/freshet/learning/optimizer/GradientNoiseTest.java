package io.freshet.learning.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.table.LearnerChanges;
import io.freshet.scoring.settings.ModelSettings.Noise;
import io.freshet.scoring.state.ModelState;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GradientNoiseTest {

  private static final int N = 100_000;

  private static double variance(GradientNoise noise, long step) {
    float[] gradient = new float[N];
    noise.addTo("a", step, gradient);
    double squares = 0;
    for (float g : gradient) {
      squares += (double) g * g;
    }
    return squares / N;
  }

  private static void learn(GradientNoise noise, int updates, double loss, Random random) {
    for (int i = 0; i < updates; i++) {
      noise.learn(loss + 0.02 * random.nextGaussian());
    }
  }

  @Test
  void varianceIsEtaOverOnePlusUpdatesToTheGamma() {
    GradientNoise noise = new GradientNoise(new Noise(0.3, 0.55, 0, 1), 1);
    for (int t = 0; t <= 100; t += 20) {
      double expected = 0.3 / Math.pow(1 + t, 0.55);
      assertThat(noise.variance()).isCloseTo(expected, within(1e-12));
      // Six standard errors of a variance over N draws.
      assertThat(variance(noise, t + 1))
          .isCloseTo(expected, within(6 * expected * Math.sqrt(2.0 / N)));
      learn(noise, 20, 0.3, new Random(1));
    }
  }

  @Test
  void noiseIsAddedToWhatIsThereAndIsAnotherForEveryStepTensorAndSeed() {
    Noise settings = new Noise(0.01, 0.55, 0, 1);
    float[] gradient = {5, 5};
    new GradientNoise(settings, 1).addTo("a", 1, gradient);
    float[] bare = new float[2];
    new GradientNoise(settings, 1).addTo("a", 1, bare);
    assertThat(gradient[0]).isCloseTo(5 + bare[0], within(1e-5f));
    assertThat(draw(1, "a", 1)).isEqualTo(bare[0]);
    assertThat(draw(2, "a", 1)).isNotEqualTo(bare[0]);
    assertThat(draw(1, "b", 1)).isNotEqualTo(bare[0]);
    assertThat(draw(1, "a", 2)).isNotEqualTo(bare[0]);
  }

  private static float draw(long seed, String tensor, long step) {
    float[] gradient = new float[1];
    new GradientNoise(new Noise(0.01, 0.55, 0, 1), seed).addTo(tensor, step, gradient);
    return gradient[0];
  }

  @Test
  void aRiseOfTheLossRestartsTheAnnealingAtItsShareAndReportsWhatItCost() {
    Random random = new Random(1);
    GradientNoise noise = new GradientNoise(new Noise(0.01, 0.55, 0.25, 300), 1);
    learn(noise, 2_000, 0.3, random);
    assertThat(noise.metrics()).containsEntry("noise.restarts", 0.0);
    assertThat(noise.metrics()).doesNotContainKey("noise.restartCost");
    for (int i = 0; i < 200 && noise.metrics().containsValue(0.0); i++) {
      learn(noise, 1, 0.45, random);
    }
    assertThat(noise.metrics()).containsEntry("noise.restarts", 1.0);
    assertThat(noise.variance()).isCloseTo(0.0025, within(1e-12));
    learn(noise, 250, 0.55, random);
    assertThat(noise.metrics().get("noise.restartCost")).isCloseTo(0.1, within(0.04));
    assertThat(noise.metrics()).as("too soon for another").containsEntry("noise.restarts", 1.0);
    learn(noise, 2_000, 0.3, random);
    assertThat(noise.metrics()).as("a fall is no reason").containsEntry("noise.restarts", 1.0);
  }

  @Test
  void withoutEtaNothingIsAddedNorKept() {
    GradientNoise noise = new GradientNoise(Noise.NONE, 1);
    learn(noise, 10, 0.3, new Random(1));
    assertThat(variance(noise, 1)).isZero();
    assertThat(noise.metrics()).isEmpty();
    LearnerChanges changes = new LearnerChanges(new ModelState(List.of(), List.of()));
    noise.declare(changes);
    assertThat(changes.emptyState().own().tensors()).isEmpty();
  }

  @Test
  void oneThatWasLoadedGoesOnAsTheSavedOne() throws IOException {
    Noise settings = new Noise(0.01, 0.55, 0.25, 300);
    GradientNoise noise = new GradientNoise(settings, 1);
    Random random = new Random(1);
    learn(noise, 1_000, 0.3, random);
    learn(noise, 200, 0.45, random);
    GradientNoise loaded = new GradientNoise(settings, 1);
    loaded.load(new DataInputStream(new ByteArrayInputStream(saved(noise))));
    assertThat(loaded.metrics()).isEqualTo(noise.metrics()).containsEntry("noise.restarts", 1.0);
    learn(noise, 500, 0.5, new Random(2));
    learn(loaded, 500, 0.5, new Random(2));
    assertThat(saved(loaded)).isEqualTo(saved(noise));
  }

  private static byte[] saved(GradientNoise noise) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    noise.save(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }
}
