package io.freshet.cli;

import io.freshet.scoring.AnytimeScorer.Prefix;
import io.freshet.serving.Effort;
import io.freshet.serving.Scores;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a command's scores were scored by, in words. */
final class ScoredBy {

  private record Part(Prefix prefix, long scores) {}

  private final Effort effort;
  private final Map<Integer, Part> prefixes = new TreeMap<>();
  private long whole;
  private long defaults;

  ScoredBy(Effort effort) {
    this.effort = effort;
  }

  void add(Scores scores) {
    Prefix prefix = scores.prefix();
    if (scores.isDefault()) {
      defaults += scores.size();
    } else if (prefix == null) {
      whole += scores.size();
    } else {
      Part before = prefixes.get(prefix.index());
      long sum = scores.size() + (before == null ? 0 : before.scores());
      prefixes.put(prefix.index(), new Part(prefix, sum));
    }
  }

  /** One line each; none where all is as it always is. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (Part part : prefixes.values()) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%,d scored by a prefix of %,d units, %s",
              part.scores(),
              part.prefix().units(),
              quality(part.prefix())));
    }
    if (whole > 0 && effort.kind() != Effort.Kind.WHOLE) {
      lines.add(
          String.format(
              Locale.ROOT, "%,d scored whole, the model's family has no prefixes", whole));
    }
    if (defaults > 0) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%,d answered with the declared default, the version is too stale",
              defaults));
    }
    return lines;
  }

  private static String quality(Prefix prefix) {
    return Float.isNaN(prefix.logLoss())
        ? "whose log loss is not measured yet"
        : String.format(
            Locale.ROOT,
            "log loss %.4f over some %,d recent examples before they were learnt",
            prefix.logLoss(),
            Math.round((double) prefix.examples()));
  }
}
