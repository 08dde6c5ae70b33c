package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What docker-compose.yml and ops/kubernetes run are commands that there are. */
class DeployedCommandsTest {

  private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();

  private static Stream<List<String>> commands() throws IOException {
    List<List<String>> commands = new ArrayList<>();
    YAMLMapper yaml = new YAMLMapper();
    for (JsonNode service :
        yaml.readTree(ROOT.resolve("docker-compose.yml").toFile()).at("/services")) {
      if (service.at("/image").asText().startsWith("freshet/freshet:")) {
        List<String> words = new ArrayList<>();
        service.at("/entrypoint").forEach(word -> words.add(word.asText()));
        words.remove("/freshet/ops/freshet");
        String line = service.at("/command").asText().replaceAll("\\$\\{[A-Z_]+:-([^}]+)}", "$1");
        Arrays.stream(line.split(" ", -1)).filter(word -> !word.isEmpty()).forEach(words::add);
        commands.add(words);
      }
    }
    assertThat(commands).hasSize(5);
    for (String file : List.of("submit", "upgrade", "base/reader")) {
      List<String> words = new ArrayList<>();
      yaml.readTree(ROOT.resolve("ops/kubernetes/" + file + ".yaml").toFile())
          .at("/spec/template/spec/containers/0/args")
          .forEach(word -> words.add(word.asText()));
      commands.add(words);
    }
    return commands.stream();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void theCommandTakesItsOptions(List<String> words) {
    PrintStream nowhere =
        new PrintStream(PrintStream.nullOutputStream(), true, StandardCharsets.UTF_8);
    CommandLine line = new CommandLine(new Freshet(new Terminal(nowhere, nowhere, false), () -> 0));
    line.setCaseInsensitiveEnumValuesAllowed(true);

    assertThat(line.parseArgs(words.toArray(String[]::new)).hasSubcommand()).isTrue();
  }
}
