package io.freshet.learning.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.pytorch.jni.JniUtils;
import io.freshet.scoring.ctr.CtrShape;
import io.freshet.scoring.ctr.Pooling;
import io.freshet.scoring.settings.ModelSettings.Activation;
import io.freshet.scoring.settings.ModelSettings.Normalize;
import io.freshet.scoring.state.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DjlCtrMathTest {

  private static final CtrShape SHAPE =
      CtrMathContractTest.shape(Pooling.ATTENTION, Activation.SIGMOID, Normalize.SOFTMAX);

  @Test
  void tenThousandStepsLeaveNativeMemoryFlat() throws IOException {
    RandomBatch random = new RandomBatch(SHAPE, 1);
    Map<String, Tensor> tensors = random.tensors();
    PackedBatch batch = random.batch(2);
    try (CtrMath math = new DjlCtrMath(SHAPE)) {
      long least = Long.MAX_VALUE;
      for (int block = 0; block < 10; block++) {
        long before = residentKiB();
        for (int step = 0; step < 1_000; step++) {
          math.step(tensors, batch);
        }
        least = Math.min(least, residentKiB() - before);
      }
      // A leak grows in every block, by some 10 MiB if the arrays of a step stayed; the Java heap
      // in a few blocks only.
      assertThat(least).as("KiB that memory grew in the block where it grew least").isLessThan(500);
    }
  }

  @Test
  void theThreadsGradientModeStaysAsItWas() {
    RandomBatch random = new RandomBatch(SHAPE, 1);
    Map<String, Tensor> tensors = random.tensors();
    PackedBatch batch = random.batch(2);
    try (CtrMath math = new DjlCtrMath(SHAPE)) {
      for (boolean mode : new boolean[] {true, false}) {
        JniUtils.setGradMode(mode);
        math.step(tensors, batch);
        assertThat(JniUtils.isGradMode()).isEqualTo(mode);
        math.logits(tensors, batch);
        assertThat(JniUtils.isGradMode()).isEqualTo(mode);
      }
    }
  }

  /** Resident memory of this process. */
  private static long residentKiB() throws IOException {
    Path status = Path.of("/proc/self/status");
    assumeTrue(Files.exists(status), "needs /proc to see resident memory");
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
