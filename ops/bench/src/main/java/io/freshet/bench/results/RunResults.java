package io.freshet.bench.results;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.freshet.learning.metric.LogLoss;
import io.freshet.learning.metric.PairedDifference;
import io.freshet.learning.metric.QualityReport;
import io.freshet.learning.metric.QualityRows;
import io.freshet.learning.metric.Shares;
import io.freshet.learning.reference.References;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one finished run says of quality.
 *
 * @param labels kind of the source's labels
 * @param rows that every model has said something of
 * @param models figures by model, in the file's order
 * @param parts how many examples each model had that learns from a part of them, and is left out
 * @param differences of DIN to others, by subset and other
 * @param recoveredRows over which shares are recovered; 0 without an oracle
 */
record RunResults(
    String source,
    String labels,
    long seed,
    long events,
    int rows,
    int recoveredRows,
    Map<String, Figures> models,
    Map<String, Integer> parts,
    List<Difference> differences) {

  static final String SUBJECT = "din";
  private static final List<String> OTHERS =
      List.of("base", "logistic-regression", "running-means");
  private static final String BASELINE = "logistic-regression";
  private static final String PRIOR = "prior";
  private static final int LAST = 200_000;
  private static final int LEAST_HISTORY = 5;
  private static final int REPLICATES = 1_000;
  private static final double TOLERANCE = 1e-6;

  /**
   * One model's figures.
   *
   * @param recovered share of the log loss between prior and oracle, over the last rows
   */
  record Figures(
      @Nullable Double logLoss,
      @Nullable Double auc,
      @Nullable Double gauc,
      @Nullable Double calibration,
      @Nullable Double recovered) {}

  /** The mean difference of one model's log loss to another's over a subset of the rows. */
  record Difference(String model, String other, String subset, PairedDifference value) {}

  /**
   * The figures of a run.
   *
   * @throws IllegalArgumentException if report and predictions contradict each other
   */
  static RunResults of(Path reportFile, Path predictionsFile) throws IOException {
    JsonNode report = JsonMapper.builder().build().readTree(reportFile.toFile());
    if (!report.path("complete").asBoolean()) {
      throw new IllegalArgumentException(reportFile + " must be of a run that came to its end");
    }
    Predictions predictions = Predictions.read(predictionsFile);
    Map<String, Figures> models = new LinkedHashMap<>();
    int last = lastRows(predictions);
    for (String model : predictions.models().keySet()) {
      QualityRows rows = predictions.rows(model);
      QualityReport figures = QualityReport.of(rows);
      check(reportFile, report, model, figures);
      models.put(
          model,
          new Figures(
              figures.logLoss(),
              figures.auc(),
              figures.gauc(),
              figures.calibration(),
              recovered(predictions, model, last)));
    }
    long events = 0;
    for (JsonNode count : report.path("events")) {
      events += count.asLong();
    }
    String argument = report.path("source").asText();
    int colon = argument.indexOf(':');
    String source = colon < 0 ? argument : argument.substring(0, colon);
    return new RunResults(
        source,
        report.path("labels").asText(),
        report.path("seed").asLong(),
        events,
        predictions.size(),
        last,
        models,
        predictions.parts(),
        differences(source, predictions, last));
  }

  private static void check(Path file, JsonNode report, String model, QualityReport figures) {
    for (JsonNode of : report.path("models")) {
      Double logLoss = figures.logLoss();
      boolean sameRows =
          of.path("name").asText().equals(model)
              && of.path("examples").asLong() == figures.examples();
      if (sameRows
          && logLoss != null
          && !(Math.abs(of.path("logLoss").asDouble(Double.NaN) - logLoss) <= TOLERANCE)) {
        throw new IllegalArgumentException(
            "%s must follow from the predictions: log loss of %s %s, they give %s"
                .formatted(file, model, of.path("logLoss"), logLoss));
      }
    }
  }

  /** How many rows at the end have a true probability and shares are recovered over. */
  private static int lastRows(Predictions predictions) {
    int last = Math.min(LAST, predictions.size());
    for (int row = predictions.size() - last; row < predictions.size(); row++) {
      if (Double.isNaN(predictions.examples().trueProbability(row))) {
        return 0;
      }
    }
    return last;
  }

  private static @Nullable Double recovered(Predictions predictions, String model, int last) {
    if (last == 0 || !predictions.models().containsKey(PRIOR)) {
      return null;
    }
    float[] said = predictions.of(model);
    float[] prior = predictions.of(PRIOR);
    ExampleColumns examples = predictions.examples();
    double of = 0;
    double ofPrior = 0;
    double ofOracle = 0;
    for (int row = predictions.size() - last; row < predictions.size(); row++) {
      of += LogLoss.of(said[row], examples.label(row));
      ofPrior += LogLoss.of(prior[row], examples.label(row));
      ofOracle += LogLoss.of(examples.trueProbability(row), examples.label(row));
    }
    return Shares.recovered(of / last, ofPrior / last, ofOracle / last);
  }

  private static List<Difference> differences(String source, Predictions predictions, int last) {
    int size = predictions.size();
    ExampleColumns examples = predictions.examples();
    Map<String, boolean[]> subsets = new LinkedHashMap<>();
    boolean[] all = new boolean[size];
    java.util.Arrays.fill(all, true);
    subsets.put("all rows", all);
    if (last > 0 && last < size) {
      boolean[] late = new boolean[size];
      java.util.Arrays.fill(late, size - last, size, true);
      subsets.put("last %,d rows".formatted(last), late);
    }
    subsets.put("history of at least " + LEAST_HISTORY, examples.withHistory(size, LEAST_HISTORY));
    if (source.equals("online-retail")) {
      subsets.put("first purchases", examples.firstOfItsPair(size));
    }
    long[] users = examples.users(size);
    Map<String, List<String>> pairs = new LinkedHashMap<>();
    pairs.put(SUBJECT, OTHERS);
    for (String model : predictions.models().keySet()) {
      if (!model.equals(SUBJECT)
          && !OTHERS.contains(model)
          && !References.names().contains(model)) {
        pairs.put(model, List.of(BASELINE));
      }
    }
    List<Difference> found = new ArrayList<>();
    pairs.forEach(
        (model, others) -> {
          double[] subject = losses(predictions, model);
          for (String other : others) {
            double[] losses = losses(predictions, other);
            subsets.forEach(
                (name, mask) -> {
                  PairedDifference value =
                      PairedDifference.byUserBootstrap(subject, losses, users, mask, REPLICATES, 1);
                  if (value != null) {
                    found.add(new Difference(model, other, name, value));
                  }
                });
          }
        });
    return found;
  }

  private static double[] losses(Predictions predictions, String model) {
    float[] said = predictions.of(model);
    double[] losses = new double[predictions.size()];
    for (int row = 0; row < losses.length; row++) {
      losses[row] = LogLoss.of(said[row], predictions.examples().label(row));
    }
    return losses;
  }
}
