package io.freshet.bench.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunResultsTest {

  private static final String HEADER =
      "model,family,step,exampleId,impressionTime,readyTime,userId,itemId,queryId,position,label,"
          + "weight,prediction,raw,predictionAtTraining,trueProbability,propensity\r\n";
  private static final List<String> MODELS =
      List.of("din", "base", "prior", "running-means", "logistic-regression");

  @TempDir private Path directory;

  /** One user's rows: 8 clicks on items 0 to 3 in turns, each known 5 ms after the impression. */
  private static String rows(String model, float prediction) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      out.append(
          "%s,f,1,e%d,%d,%d,u1,i%d,,1,%s,1.0,%s,0.5,0.5,0.75,\r\n"
              .formatted(
                  model, i, 100 * i, 100 * i + 5, i % 4, i == 7 ? "0.0" : "1.0", prediction));
    }
    return out.toString();
  }

  private Path predictions(String text) throws IOException {
    Path file = directory.resolve("p.csv.gz");
    try (Writer out =
        new OutputStreamWriter(
            new GZIPOutputStream(Files.newOutputStream(file)), StandardCharsets.UTF_8)) {
      out.write(text);
    }
    return file;
  }

  private Path report(String source, String dinLogLoss) throws IOException {
    Path file = directory.resolve("r.json");
    Files.writeString(
        file,
        """
        {"source":"%s:/somewhere","labels":"made","seed":3,"complete":true,
         "events":{"impression":8,"click":7},
         "models":[{"name":"din","examples":8,"logLoss":%s}]}
        """
            .formatted(source, dinLogLoss));
    return file;
  }

  private static String all() {
    StringBuilder text = new StringBuilder(HEADER);
    for (String model : MODELS) {
      text.append(rows(model, model.equals("din") ? 0.7f : model.equals("prior") ? 0.5f : 0.6f));
    }
    return text.toString();
  }

  private static final String DIN_LOSS =
      Double.toString(-(7 * Math.log(0.7f) + Math.log(1 - 0.7f)) / 8);

  @Test
  void figuresFollowFromThePredictions() throws IOException {
    RunResults run = RunResults.of(report("online-retail", DIN_LOSS), predictions(all()));

    assertThat(run.source()).isEqualTo("online-retail");
    assertThat(run.events()).isEqualTo(15);
    RunResults.Figures din = Objects.requireNonNull(run.models().get("din"));
    assertThat(din.logLoss()).isEqualTo(Double.parseDouble(DIN_LOSS), within(1e-12));
    assertThat(din.calibration()).isEqualTo(0.7 * 8 / 7, within(1e-6));
    double prior = Math.log(2);
    double oracle = -(7 * Math.log(0.75) + Math.log(0.25)) / 8;
    assertThat(din.recovered())
        .isEqualTo((prior - Double.parseDouble(DIN_LOSS)) / (prior - oracle), within(1e-6));
  }

  @Test
  void differencesAreTakenOverHistoriesAsKnownAtTheImpressionAndOverFirstPurchases()
      throws IOException {
    RunResults run = RunResults.of(report("online-retail", DIN_LOSS), predictions(all()));

    assertThat(run.differences())
        .filteredOn(row -> row.other().equals("base"))
        .extracting(RunResults.Difference::subset, row -> row.value().rows())
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("all rows", 8L),
            org.assertj.core.groups.Tuple.tuple("history of at least 5", 3L),
            org.assertj.core.groups.Tuple.tuple("first purchases", 4L));
  }

  @Test
  void aReportThatDoesNotFollowFromThePredictionsIsRefused() throws IOException {
    Path report = report("online-retail", "0.2");
    Path predictions = predictions(all());

    assertThatThrownBy(() -> RunResults.of(report, predictions))
        .hasMessageContaining("must follow from the predictions");
  }

  @Test
  void modelsWithOtherExamplesAreNotCompared() throws IOException {
    Path report = report("online-retail", DIN_LOSS);
    Path predictions = predictions(all() + rows("other", 0.5f).replace("e3", "e9"));

    assertThatThrownBy(() -> RunResults.of(report, predictions))
        .hasMessageContaining("same examples in the same order")
        .hasMessageContaining("e9");
  }

  @Test
  void aModelThatLearnsFromAPartOfTheExamplesIsLeftOutAndCounted() throws IOException {
    String part =
        rows("ranking", 0.5f)
            .lines()
            .skip(2)
            .limit(5)
            .collect(Collectors.joining("\r\n", "", "\r\n"));

    RunResults run = RunResults.of(report("online-retail", DIN_LOSS), predictions(all() + part));

    assertThat(run.models()).containsOnlyKeys(MODELS);
    assertThat(run.rows()).isEqualTo(8);
    assertThat(run.parts()).containsExactly(Map.entry("ranking", 5));
  }

  @Test
  void theSameExamplesInAnotherOrderAreRefused() throws IOException {
    String turned =
        rows("turned", 0.5f).replace("e0", "e").replace("e1", "e0").replace("e,", "e1,");
    Path report = report("online-retail", DIN_LOSS);
    Path predictions = predictions(all() + turned);

    assertThatThrownBy(() -> RunResults.of(report, predictions))
        .hasMessageContaining("same examples in the same order");
  }

  @Test
  void theTableInTheReadmeIsReplacedBetweenItsMarksOnly() {
    String text = "before\n<!-- results -->\nold\n<!-- /results -->\nafter\n";

    assertThat(Results.replaced(Path.of("README.md"), text, "new\n"))
        .isEqualTo("before\n<!-- results -->\nnew\n<!-- /results -->\nafter\n");
    assertThatThrownBy(() -> Results.replaced(Path.of("README.md"), "no marks", "new"))
        .hasMessageContaining("README.md must hold");
  }

  @Test
  void aFigureIsSaidWithItsSpreadOnlyWhereThereAreSeveralSeeds() {
    assertThat(Spread.text(Spread.of(List.of(0.2, 0.4)), 3)).isEqualTo("0.300 ± 0.141");
    assertThat(Spread.text(Spread.of(List.of(0.25)), 2)).isEqualTo("0.25");
    assertThat(Spread.text(null, 2)).isEqualTo("–");
  }
}
