package io.freshet.bench.results;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the results page from the reports and predictions of finished runs. Arguments: the command
 * that made the runs, the page to write, the README whose table to replace or {@code -}, then
 * report and predictions of each run.
 */
public final class Results {

  private static final String BEGIN = "<!-- results -->";
  private static final String END = "<!-- /results -->";

  private Results() {}

  public static void main(String[] arguments) throws IOException {
    if (arguments.length < 5 || arguments.length % 2 == 0) {
      throw new IllegalArgumentException(
          "arguments must be COMMAND PAGE README|- then REPORT PREDICTIONS of each run, got "
              + List.of(arguments));
    }
    List<RunResults> runs = new ArrayList<>();
    for (int i = 3; i < arguments.length; i += 2) {
      System.err.println("reading " + arguments[i + 1]);
      runs.add(RunResults.of(Path.of(arguments[i]), Path.of(arguments[i + 1])));
    }
    ResultsPage page = new ResultsPage(runs, arguments[0]);
    Files.writeString(Path.of(arguments[1]), page.page());
    System.out.print(page.compact());
    if (!arguments[2].equals("-")) {
      Path readme = Path.of(arguments[2]);
      Files.writeString(readme, replaced(readme, Files.readString(readme), page.compact()));
    }
  }

  /** {@code text} with another table between the marks. */
  static String replaced(Path file, String text, String table) {
    int begin = text.indexOf(BEGIN);
    int end = text.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new IllegalArgumentException("%s must hold %s and then %s".formatted(file, BEGIN, END));
    }
    return text.substring(0, begin + BEGIN.length()) + "\n" + table + text.substring(end);
  }
}
