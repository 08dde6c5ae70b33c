package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/SIZING.md says things cost has been measured, with a command that there is. */
class SizingPageTest {

  private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
  private static final Pattern COMMAND = Pattern.compile("`ops/measure ([a-z]+)[^`]*`");
  private static final Pattern FIGURE =
      Pattern.compile("\\d[\\d,]*\\.\\d{2,}|\\d{1,3}(?:,\\d{3})+");

  private static String read(String file) throws IOException {
    return Files.readString(ROOT.resolve(file));
  }

  @Test
  void everyFigureOfATableIsOneOfTheMeasuredAndEveryCommandIsThere() throws IOException {
    String measured = read("docs/FIGURES.md");
    String commands = read("ops/measure");
    List<String> rows =
        read("docs/SIZING.md").lines().filter(line -> line.startsWith("|")).toList();
    int found = 0;
    for (String row : rows) {
      Matcher command = COMMAND.matcher(row);
      while (command.find()) {
        assertThat(commands).contains("\n  " + command.group(1) + ")");
        assertThat(measured).contains("`ops/measure " + command.group(1));
      }
      Matcher figure = FIGURE.matcher(row);
      while (figure.find()) {
        assertThat(measured).as(row).contains(figure.group());
        found++;
      }
    }
    assertThat(found).isGreaterThan(10);
  }
}
