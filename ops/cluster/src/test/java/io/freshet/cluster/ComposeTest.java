package io.freshet.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The composed cluster is the tested one in all that is not about how soon faults are noticed. */
class ComposeTest {

  private static final YAMLMapper YAML = new YAMLMapper();

  private static JsonNode services() throws IOException {
    return YAML.readTree(Path.of("../../docker-compose.yml").toFile()).at("/services");
  }

  private static JsonNode flink(String service) throws IOException {
    String properties = services().at("/" + service + "/environment/FLINK_PROPERTIES").asText();
    // services that take over an anchor by a merge key have no environment of their own here
    return YAML.readTree(
        properties.isEmpty()
            ? YAML.readTree(Path.of("../../docker-compose.yml").toFile())
                .at("/x-flink/environment/FLINK_PROPERTIES")
                .asText()
            : properties);
  }

  @Test
  void theSettingsThatDecideWhatSurvivesAreThoseOfTheTestedCluster() throws IOException {
    Map<String, String> tested = FlinkSettings.common(Path.of("shared"), 1);
    for (String service : List.of("jobmanager", "taskmanager")) {
      JsonNode composed = flink(service);
      for (String key :
          List.of(
              "state.backend.type",
              "execution.checkpointing.incremental",
              "execution.checkpointing.num-retained",
              "restart-strategy.type")) {
        assertThat(composed.path(key).asText()).as(key).isEqualTo(tested.get(key));
      }
    }
  }

  @Test
  void prometheusLooksWhereFlinkTellsItsMetrics() throws IOException {
    JsonNode scraped =
        YAML.readTree(Path.of("../../ops/prometheus/compose.yml").toFile())
            .at("/scrape_configs/0/dns_sd_configs/0");
    for (JsonNode name : scraped.at("/names")) {
      assertThat(services().has(name.asText())).as(name.asText()).isTrue();
      assertThat(flink(name.asText()).path("metrics.reporter.prom.port").asInt())
          .isEqualTo(scraped.at("/port").asInt());
    }
    assertThat(scraped.at("/names")).hasSize(2);
  }

  @Test
  void everyImageIsPinnedByVersion() throws IOException {
    for (JsonNode service : services()) {
      if (service.has("image")) {
        assertThat(service.at("/image").asText()).matches("[a-z/]+:.*[0-9].*");
      }
    }
  }
}
