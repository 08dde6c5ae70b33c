package io.freshet.bench.experiments;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The page of experiments: each command replaces the part between its own marks. */
final class Page {

  private static final String HEAD =
      """
      # The papers' own experiments

      Each part is written by the command at its head; do not edit. All randomness comes from seeds, so
      that a command writes the same figures again, on any machine.
      """;

  private Page() {}

  /** Puts {@code text} between the marks of {@code part} in {@code file}, at its end if new. */
  static void replace(Path file, String part, String text) throws IOException {
    String begin = "<!-- " + part + " -->\n";
    String end = "<!-- /" + part + " -->\n";
    String page = Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : HEAD;
    int from = page.indexOf(begin);
    int to = page.indexOf(end);
    String written =
        from >= 0 && to > from
            ? page.substring(0, from + begin.length()) + text + page.substring(to)
            : page + "\n" + begin + text + end;
    Files.writeString(file, written, StandardCharsets.UTF_8);
  }

  static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  /** Sample standard deviation. */
  static double deviation(double[] values) {
    double mean = mean(values);
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    return Math.sqrt(squares / (values.length - 1));
  }

  static String spread(double[] values, int digits) {
    String format = "%." + digits + "f ± %." + digits + "f";
    return String.format(Locale.ROOT, format, mean(values), deviation(values));
  }

  static String number(double value, int digits) {
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }
}
