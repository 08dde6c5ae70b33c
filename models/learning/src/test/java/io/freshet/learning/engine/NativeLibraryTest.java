package io.freshet.learning.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.UnavailableEngine;
import io.freshet.scoring.ctr.Pooling;
import io.freshet.scoring.settings.ModelSettings.Activation;
import io.freshet.scoring.settings.ModelSettings.Normalize;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A native library of the wrong version; in a process of its own, which loads one only once. */
class NativeLibraryTest {

  @Test
  void aWrongVersionIsRefusedAndSaysWhereTheRightOneBelongs() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-XX:TieredStopAtLevel=1",
            "-Dai.djl.offline=true",
            "-cp",
            Objects.requireNonNull(System.getProperty("java.class.path")),
            Learner.class.getName());
    builder.environment().put("PYTORCH_VERSION", "1.13.1");
    Process process = builder.redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).isEqualTo(3);
    assertThat(said)
        .contains("PyTorch must be usable by DJL")
        .contains("Flink's lib/")
        .contains("PYTORCH_VERSION");
  }

  /** Starts the engine of a learner, and says why it does not start. */
  static final class Learner {

    private Learner() {}

    public static void main(String[] arguments) {
      try {
        CtrEngines.of(
            "djl", CtrMathContractTest.shape(Pooling.MEAN, Activation.SIGMOID, Normalize.SOFTMAX));
      } catch (UnavailableEngine e) {
        System.out.println(e.getMessage());
        System.exit(3);
      }
    }
  }
}
