package io.freshet.learning.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.Hardware;
import io.freshet.learning.Learner;
import io.freshet.learning.LearnerFamilies;
import io.freshet.learning.TestModel;
import io.freshet.learning.UnavailableEngine;
import io.freshet.scoring.ctr.CtrShape;
import io.freshet.scoring.ctr.Pooling;
import io.freshet.scoring.ctr.TensorSpec;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettings.Activation;
import io.freshet.scoring.settings.ModelSettings.Device;
import io.freshet.scoring.settings.ModelSettings.Normalize;
import io.freshet.scoring.state.Tensor;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceCtrMathTest {

  private static final CtrShape SHAPE =
      CtrMathContractTest.shape(Pooling.ATTENTION, Activation.DICE, Normalize.SOFTMAX);

  private final RandomBatch random = new RandomBatch(SHAPE, 3);
  private final Map<String, Tensor> tensors = random.tensors();

  @ParameterizedTest
  @ValueSource(ints = {1, 16, 256, 2_000})
  void aStepIsOneTripThereAndOneBackWhateverTheNumberOfExamples(int examples) {
    PackedBatch batch = random.batch(examples);
    try (CountingDevice device = new CountingDevice();
        CtrMath math = device.math(SHAPE)) {
      for (int step = 1; step <= 3; step++) {
        math.step(tensors, batch);

        assertThat(device.sent()).isEqualTo(step);
        assertThat(device.received()).isEqualTo(step);
      }
      math.logits(tensors, batch);
      assertThat(device.sent()).isEqualTo(4);
      assertThat(device.received()).isEqualTo(4);
    }
  }

  @Test
  void rowsTravelOnceABatchHoweverManyExamplesHaveThem() {
    try (CountingDevice device = new CountingDevice();
        CtrMath math = device.math(SHAPE)) {
      for (int examples : new int[] {1_000, 2_000}) {
        long before = device.floatsReceived();

        math.step(tensors, random.batch(examples));

        assertThat(device.floatsReceived() - before)
            .as("floats that come back of %d examples", examples)
            .isEqualTo(examples + learnt());
      }
    }
  }

  /** Gradients of tensors and of nine rows of every table, moments of every unit of Dice. */
  private long learnt() {
    long floats = 0;
    for (TensorSpec spec : SHAPE.tensors()) {
      if (spec.role() == TensorSpec.Role.TRAINABLE) {
        floats += spec.size();
      }
      if (spec.name().endsWith(".var") && !spec.name().startsWith("dense")) {
        floats += 2L * spec.size();
      }
    }
    for (float[] rows : random.batch(1).rows()) {
      floats += rows.length;
    }
    return floats;
  }

  @Test
  void aSettingThatDemandsAGpuIsRefusedWhereNoneIsGivenAndSaysWhatToDo() {
    ModelSettings settings = TestModel.of("din").device(Device.GPU).build();

    assertThatThrownBy(() -> LearnerFamilies.named("din").create(settings))
        .isInstanceOf(UnavailableEngine.class)
        .hasMessageContaining("must have a GPU (device: gpu)")
        .hasMessageContaining("task manager with the external resource gpu")
        .hasMessageContaining("device: auto");
    assertThat(LearnerFamilies.named("din").emptyState(settings).serving().tensors()).isNotEmpty();
  }

  @Test
  void aGpuThatThisPyTorchCannotUseIsRefusedWithItsIndex() {
    ModelSettings settings = TestModel.of("din").device(Device.GPU).build();
    assertThat(CtrEngines.absence(5)).as("no test machine has six GPUs").contains("GPU 5");

    assertThatThrownBy(() -> LearnerFamilies.named("din").create(settings, Hardware.gpu(5)))
        .isInstanceOf(UnavailableEngine.class)
        .hasMessageContaining("GPU 5");
  }

  @ParameterizedTest
  @EnumSource(
      value = Device.class,
      names = {"CPU", "AUTO"})
  void withoutAGpuALearnerOnAnyDeviceComputesOnTheProcessorAndSaysSo(Device device) {
    ModelSettings settings = TestModel.of("din").device(device).build();
    try (Learner learner =
        LearnerFamilies.named("din").create(settings, Hardware.without("none was found"))) {
      boolean wanted = device == Device.AUTO;

      assertThat(learner.insteadOfGpu()).isEqualTo(wanted ? "none was found" : null);
      assertThat(learner.engine()).endsWith(wanted ? "cpu (no gpu)" : "cpu");
    }
  }
}
