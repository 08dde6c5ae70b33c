package io.freshet.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What users deploy, as their tools read it: anchors and merge keys resolved. */
final class DeployedFiles {

  static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();

  private DeployedFiles() {}

  /** All documents of a file. */
  static List<JsonNode> read(String file) throws IOException {
    List<JsonNode> documents = new ArrayList<>();
    JsonMapper json = JsonMapper.builder().build();
    new Yaml(new SafeConstructor(new LoaderOptions()))
        .loadAll(Files.readString(ROOT.resolve(file)))
        .forEach(document -> documents.add(json.valueToTree(document)));
    return documents;
  }

  static JsonNode service(String name) throws IOException {
    return read("docker-compose.yml").get(0).at("/services/" + name);
  }

  /** Flink's settings of a composed service. */
  static Map<String, String> flinkOf(String service) throws IOException {
    Map<String, String> settings = new TreeMap<>();
    Object properties =
        new Yaml(new SafeConstructor(new LoaderOptions()))
            .load(service(service).at("/environment/FLINK_PROPERTIES").asText());
    ((Map<?, ?>) properties).forEach((key, value) -> settings.put(key + "", value + ""));
    return settings;
  }

  /** Flink's settings on Kubernetes. */
  static Map<String, String> flinkOnKubernetes() throws IOException {
    Map<String, String> settings = new TreeMap<>();
    read("ops/kubernetes/base/flink.yaml")
        .get(0)
        .at("/spec/flinkConfiguration")
        .properties()
        .forEach(entry -> settings.put(entry.getKey(), entry.getValue().asText()));
    return settings;
  }

  /** What stands between two words in the build's own file. */
  static String inPom(String pom, String property) throws IOException {
    String text = Files.readString(ROOT.resolve(pom));
    String open = "<" + property + ">";
    int from = text.indexOf(open) + open.length();
    return text.substring(from, text.indexOf("</" + property + ">"));
  }
}
