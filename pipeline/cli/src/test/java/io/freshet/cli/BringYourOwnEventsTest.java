package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the page docs/BRING-YOUR-OWN-EVENTS.md from its first command to its last. */
class BringYourOwnEventsTest {

  private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
  private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
  private static final String LIBRARIES = "pipeline/cli/target/lib/*";

  @TempDir Path directory;

  @Test
  void everyCommandOfThePageDoesWhatThePageSays() throws Exception {
    String page = Files.readString(ROOT.resolve("docs/BRING-YOUR-OWN-EVENTS.md"));
    List<String> commands = new ArrayList<>();
    for (Matcher block = BLOCK.matcher(page); block.find(); ) {
      commands.addAll(block.group(1).lines().filter(line -> !line.isBlank()).toList());
    }
    assertThat(commands).hasSize(10);

    String ofCsv = "";
    for (String command : commands) {
      String said = run(command);
      if (command.contains("csv log.csv > events.jsonl")) {
        ofCsv = Files.readString(directory.resolve("events.jsonl"));
      } else if (command.contains(" waits ")) {
        assertThat(said).contains("15000 shown").contains("clicks within     60 s: 100.00 %");
      } else if (command.contains(" replay ")) {
        assertThat(said.lines().filter(line -> line.contains("\"type\""))).hasSize(8);
      } else if (command.contains(" audit ")) {
        assertThat(said).contains("came out");
      } else if (command.contains(" compare ")) {
        assertThat(said).contains("din").contains("boosted");
      }
    }

    assertThat(Files.readString(directory.resolve("events.jsonl")))
        .as("both shapes of log say the same")
        .isEqualTo(ofCsv);
    JsonNode report =
        JsonMapper.builder().build().readTree(directory.resolve("report.json").toFile());
    assertThat(report.at("/trainedExamples").asLong()).isEqualTo(15_000);
    assertThat(report.at("/deadLetters").asLong()).isZero();
    assertThat(report.at("/lateEvents").asLong()).isZero();
    double prior = logLoss(report, "prior");
    assertThat(logLoss(report, "din")).as("it learns").isLessThan(prior);
    assertThat(Files.readAllLines(directory.resolve("predictions.csv")).size())
        .isGreaterThan(15_000);
  }

  private static double logLoss(JsonNode report, String name) {
    for (JsonNode model : report.at("/models")) {
      if (model.at("/name").asText().equals(name)) {
        return model.at("/recent/logLoss").asDouble();
      }
    }
    throw new AssertionError("the report must name " + name);
  }

  /** What the command says; it must come to a good end. */
  private String run(String command) throws Exception {
    String[] redirected = command.split(" > ", 2);
    List<String> words = List.of(redirected[0].split(" "));
    String said = words.get(0).equals("java") ? java(words) : freshet(words);
    if (redirected.length == 2) {
      Files.writeString(directory.resolve(redirected[1]), said);
    }
    return said;
  }

  private String java(List<String> words) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>();
    for (String word : words) {
      line.add(word.equals(LIBRARIES) ? System.getProperty("java.class.path", "") : located(word));
    }
    line.set(0, Path.of(System.getProperty("java.home", ""), "bin", "java").toString());
    Path err = directory.resolve("err.txt");
    Process process =
        new ProcessBuilder(line).directory(directory.toFile()).redirectError(err.toFile()).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(line + ": " + Files.readString(err)).isZero();
    return said;
  }

  private String freshet(List<String> words) {
    assertThat(words.get(0)).isEqualTo("ops/freshet");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
    String[] arguments = words.stream().skip(1).map(this::located).toArray(String[]::new);
    int code = Freshet.run(new Terminal(print, print, false), System::currentTimeMillis, arguments);
    String said = out.toString(StandardCharsets.UTF_8);
    assertThat(code).as(String.join(" ", words) + ": " + said).isZero();
    return said;
  }

  /** The page is read at the repository's root; its files are written elsewhere here. */
  private String located(String word) {
    if (word.startsWith("ops/examples/")) {
      return ROOT.resolve(word).toString();
    }
    if (word.startsWith("events:")) {
      return "events:" + directory.resolve(word.substring("events:".length()));
    }
    return word.matches("log\\.csv|pages\\.jsonl|run|report\\.json|predictions\\.csv")
        ? directory.resolve(word).toString()
        : word;
  }
}
