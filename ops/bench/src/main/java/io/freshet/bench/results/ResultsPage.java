package io.freshet.bench.results;

import io.freshet.learning.metric.PairedDifference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Results as Markdown: a page with everything, and a table for the README. */
final class ResultsPage {

  private static final String ALL = "all rows";

  private final Map<String, List<RunResults>> bySource = new LinkedHashMap<>();
  private final String command;

  /**
   * @param command that made the runs
   */
  ResultsPage(List<RunResults> runs, String command) {
    this.command = command;
    for (RunResults run : runs) {
      bySource.computeIfAbsent(run.source(), source -> new ArrayList<>()).add(run);
    }
  }

  /** The whole page. */
  String page() {
    StringBuilder out = new StringBuilder();
    out.append("# Results\n\n")
        .append("Written by `")
        .append(command)
        .append("` from the reports and predictions of its runs; do not edit.\n\n")
        .append(
            "Every figure is prequential: each example was predicted with what was known at its")
        .append(" impression, before anything learnt from it. Log loss in nats. Where there are")
        .append(" several seeds: mean ± sample standard deviation over seeds, which choose both")
        .append(" the source's draws and the models' initial values. Differences are of log losses")
        .append(" on the same rows (below zero the first is the better) with a 95 % interval by")
        .append(" bootstrap over users, 1,000 replicates; bold where it excludes zero.\n");
    bySource.forEach((source, runs) -> section(out, source, runs));
    return out.toString();
  }

  private static void section(StringBuilder out, String source, List<RunResults> runs) {
    RunResults first = runs.get(0);
    out.append("\n## ").append(source).append("\n\n");
    out.append("Labels: ").append(first.labels()).append(". ");
    out.append(runs.size() == 1 ? "Seed " : "Seeds ");
    out.append(join(runs, run -> Long.toString(run.seed()))).append("; events ");
    out.append(join(runs, run -> count(run.events()))).append("; examples ");
    out.append(join(runs, run -> count(run.rows()))).append('.');
    for (String part : first.parts().keySet()) {
      out.append(" Left out: ").append(part).append(", which learns from a part of them (");
      out.append(join(runs, run -> count(run.parts().getOrDefault(part, 0)))).append(").");
    }
    out.append("\n\n");
    boolean oracle = first.recoveredRows() > 0;
    out.append("| model | log loss | AUC | GAUC | calibration |");
    out.append(oracle ? " recovered, last %s |\n".formatted(count(first.recoveredRows())) : "\n");
    out.append("|---|---|---|---|---|").append(oracle ? "---|\n" : "\n");
    for (String model : first.models().keySet()) {
      out.append("| ").append(model);
      out.append(" | ").append(over(runs, model, RunResults.Figures::logLoss, 5));
      out.append(" | ").append(over(runs, model, RunResults.Figures::auc, 4));
      out.append(" | ").append(over(runs, model, RunResults.Figures::gauc, 4));
      out.append(" | ").append(over(runs, model, RunResults.Figures::calibration, 3));
      out.append(" |");
      if (oracle) {
        out.append(' ').append(over(runs, model, RunResults.Figures::recovered, 3)).append(" |");
      }
      out.append('\n');
    }
    differences(out, runs);
  }

  private static void differences(StringBuilder out, List<RunResults> runs) {
    out.append("\n| difference | over | rows |");
    runs.forEach(run -> out.append(" seed ").append(run.seed()).append(" |"));
    out.append("\n|---|---|---|").append("---|".repeat(runs.size())).append('\n');
    for (RunResults.Difference row : runs.get(0).differences()) {
      out.append(
          "| %s − %s | %s | %s |"
              .formatted(row.model(), row.other(), row.subset(), count(row.value().rows())));
      for (RunResults run : runs) {
        out.append(' ')
            .append(text(find(run, row.model(), row.other(), row.subset())))
            .append(" |");
      }
      out.append('\n');
    }
  }

  /** One table for all sources, without heading. */
  String compact() {
    TreeSet<String> models = new TreeSet<>();
    List<String> order = new ArrayList<>();
    bySource
        .values()
        .forEach(
            runs -> runs.get(0).models().keySet().stream().filter(models::add).forEach(order::add));
    StringBuilder out = new StringBuilder();
    out.append("| log loss (AUC) |");
    bySource.forEach((source, runs) -> out.append(' ').append(source).append(" |"));
    out.append("\n|---|").append("---|".repeat(bySource.size())).append('\n');
    for (String model : order) {
      out.append("| ").append(model).append(" |");
      for (List<RunResults> runs : bySource.values()) {
        out.append(
            " %s (%s) |"
                .formatted(
                    over(runs, model, RunResults.Figures::logLoss, 4),
                    mean(runs, model, RunResults.Figures::auc)));
      }
      out.append('\n');
    }
    bySource.values().iterator().next().get(0).differences().stream()
        .filter(row -> row.subset().equals(ALL) && !row.other().equals("running-means"))
        .forEach(row -> difference(out, row.model(), row.other()));
    out.append("\nLabels: ");
    out.append(
        bySource.entrySet().stream()
            .map(source -> source.getKey() + " " + source.getValue().get(0).labels())
            .collect(Collectors.joining(", ")));
    out.append(". Seeds: ");
    out.append(
        bySource.entrySet().stream()
            .map(
                source ->
                    source.getKey()
                        + " "
                        + join(source.getValue(), run -> Long.toString(run.seed())))
            .collect(Collectors.joining("; ")));
    out.append(
        ". Differences with 95 % intervals over users, bold where they exclude zero; more in"
            + " [docs/RESULTS.md](docs/RESULTS.md). Written by `ops/results`.\n");
    return out.toString();
  }

  private void difference(StringBuilder out, String model, String other) {
    out.append("| *").append(model).append(" − ").append(other).append("* |");
    for (List<RunResults> runs : bySource.values()) {
      out.append(' ')
          .append(join(runs, run -> text(find(run, model, other, ALL)), "; "))
          .append(" |");
    }
    out.append('\n');
  }

  private static String over(
      List<RunResults> runs,
      String model,
      Function<RunResults.Figures, @Nullable Double> figure,
      int digits) {
    return Spread.text(spread(runs, model, figure), digits);
  }

  private static String mean(
      List<RunResults> runs, String model, Function<RunResults.Figures, @Nullable Double> figure) {
    Spread spread = spread(runs, model, figure);
    return Spread.text(spread == null ? null : new Spread(spread.mean(), null), 3);
  }

  private static @Nullable Spread spread(
      List<RunResults> runs, String model, Function<RunResults.Figures, @Nullable Double> figure) {
    List<@Nullable Double> values = new ArrayList<>();
    for (RunResults run : runs) {
      RunResults.Figures figures = run.models().get(model);
      values.add(figures == null ? null : figure.apply(figures));
    }
    return Spread.of(values);
  }

  private static @Nullable PairedDifference find(
      RunResults run, String model, String other, String subset) {
    return run.differences().stream()
        .filter(row -> row.model().equals(model) && row.other().equals(other))
        .filter(row -> row.subset().equals(subset))
        .map(RunResults.Difference::value)
        .findFirst()
        .orElse(null);
  }

  private static String text(@Nullable PairedDifference value) {
    if (value == null) {
      return "–";
    }
    String text =
        String.format(Locale.ROOT, "%+.5f [%+.5f, %+.5f]", value.mean(), value.low(), value.high());
    return value.isReal() ? "**" + text + "**" : text;
  }

  private static String join(List<RunResults> runs, Function<RunResults, String> of) {
    return join(runs, of, ", ");
  }

  private static String join(
      List<RunResults> runs, Function<RunResults, String> of, String between) {
    return runs.stream().map(of).distinct().collect(Collectors.joining(between));
  }

  private static String count(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }
}
