package io.freshet.job.learner;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.api.common.externalresource.ExternalResourceInfo;
import org.junit.jupiter.api.Test;

class GivenHardwareTest {

  /** As Flink's GPU plugin tells of a GPU. */
  private record Gpu(String index) implements ExternalResourceInfo {

    @Override
    public Optional<String> getProperty(String key) {
      return key.equals("index") ? Optional.of(index) : Optional.empty();
    }

    @Override
    public Collection<String> getKeys() {
      return List.of("index");
    }
  }

  private static Set<ExternalResourceInfo> gpus(String... indices) {
    return Stream.of(indices).map(Gpu::new).collect(Collectors.toSet());
  }

  @Test
  void learnersTakeTheIndexThatFlinkGivesAndShareOutSeveral() {
    assertThat(GivenHardware.of(gpus("3"), 0).gpu()).isEqualTo(3);
    assertThat(GivenHardware.of(gpus("3"), 7).gpu()).isEqualTo(3);
    assertThat(
            Stream.of(0, 1, 2).map(turn -> GivenHardware.of(gpus("10", "9"), turn).gpu()).toList())
        .containsExactly(9, 10, 9);
  }

  @Test
  void aDiscoveryScriptThatFoundNoneIsToldOf() {
    for (Set<ExternalResourceInfo> none : List.of(gpus(), gpus("No devices were found"))) {
      assertThat(GivenHardware.of(none, 0).gpu()).isNull();
      assertThat(GivenHardware.of(none, 0).absence())
          .contains("external-resources: gpu")
          .contains("discovery script")
          .contains("task manager's log");
    }
  }
}
