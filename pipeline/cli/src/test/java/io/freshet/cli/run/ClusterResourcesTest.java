package io.freshet.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.freshet.cli.CommandFailed;
import io.freshet.job.SlotRequests;
import io.freshet.scoring.settings.ModelsFile;
import io.freshet.scoring.settings.ModelsFileReader;
import io.freshet.scoring.settings.SettingsDefaults;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClusterResourcesTest {

  private static ModelsFile models(String... devices) {
    StringBuilder yaml = new StringBuilder("models:\n");
    for (String device : devices) {
      yaml.append(
          "  %s-%d: {family: din, device: %s, features: [{name: i, from: item.id, as: id}]}\n"
              .formatted(device, yaml.length(), device));
    }
    return new ModelsFileReader(Map.of("din", List.of("djl")), SettingsDefaults.LIVE)
        .read(yaml.toString());
  }

  private static ClusterResources cluster(int taskManagers, double gpus, double free) {
    return new ClusterResources("here", taskManagers, gpus, free, 0.25, null);
  }

  @Test
  void gpusAreCountedOverTaskManagersAndSlotsForTheRestAreDividedWhereTheyAre() throws IOException {
    String answer =
        """
        {"taskmanagers": [
          {"id": "a", "slotsNumber": 4,
           "totalResource": {"cpuCores": 2.0, "extendedResources": {"gpu": 2.0}},
           "freeResource": {"cpuCores": 1.5, "extendedResources": {"gpu": 0.5}}},
          {"id": "b", "slotsNumber": 4, "totalResource":
            {"cpuCores": 2.0, "taskHeapMemory": 1000, "taskOffHeapMemory": 300, "managedMemory": 402,
             "extendedResources": {"cpu": 4.0}}},
          {"id": "c", "slotsNumber": 8,
           "totalResource": {"cpuCores": 2.0, "extendedResources": {"gpu": 1.0}}}]}
        """;

    assertThat(ClusterResources.read("here", JsonMapper.builder().build().readTree(answer)))
        .isEqualTo(
            new ClusterResources(
                "here", 3, 3, 0.5, 0.125, new SlotRequests.Elsewhere(0.5, 250, 75, 100)));
  }

  @Test
  void thoseThatWantAGpuAskForOneWhereThereIsOne() {
    ClusterResources.Granted granted = cluster(2, 1, 1).grant(models("cpu", "gpu", "auto"), 0.5);

    assertThat(granted.requests().onGpu()).hasSize(2).noneMatch(model -> model.startsWith("cpu"));
    assertThat(granted.requests().gpuShare()).isEqualTo(0.5);
    assertThat(cluster(2, 1, 1).grant(models("auto"), null).requests().gpuShare())
        .as("what falls to a slot")
        .isEqualTo(0.25);
    assertThat(granted.notes()).isEmpty();
  }

  @Test
  void aModelThatDemandsAGpuIsRefusedWhereThereIsNoneAndOneThatDoesNotIsTold() {
    ClusterResources none = cluster(2, 0, 0);

    assertThatThrownBy(() -> none.grant(models("gpu"), 1.0))
        .isInstanceOf(CommandFailed.class)
        .hasMessageContaining("none of the 2 of here has the external resource gpu")
        .hasMessageContaining("device: auto");
    assertThat(none.grant(models("auto"), 1.0).requests().onGpu()).isEmpty();
    assertThat(none.grant(models("auto"), 1.0).notes())
        .singleElement()
        .asString()
        .contains("will compute on the processor");
  }

  @Test
  void aClusterThatStartsTaskManagersWhenItNeedsThemIsAskedForWhatIsDemanded() {
    assertThat(cluster(0, 0, 0).grant(models("gpu", "auto"), 1.0).requests().onGpu())
        .singleElement()
        .asString()
        .startsWith("gpu");
  }

  @Test
  void whoDemandsAGpuComesFirstAndIsRefusedWhereTooLittleIsFree() {
    ClusterResources used = cluster(2, 2, 0.5);

    ClusterResources.Granted granted = used.grant(models("auto", "gpu"), 0.5);
    assertThat(granted.requests().onGpu()).singleElement().asString().startsWith("gpu");
    assertThat(granted.notes()).singleElement().asString().startsWith("auto").contains("not free");

    assertThatThrownBy(() -> used.grant(models("gpu", "gpu"), 0.5))
        .isInstanceOf(CommandFailed.class)
        .hasMessageContaining("0.5 of a GPU each")
        .hasMessageContaining("of the 2 of here 0.5 are free")
        .hasMessageContaining("--gpu-share");
    assertThat(used.emptied().grant(models("gpu", "gpu"), 0.5).requests().onGpu()).hasSize(2);
  }
}
