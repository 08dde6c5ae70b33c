package io.freshet.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.schema.AvroCodec;
import io.freshet.schema.avro.Evaluation;
import io.freshet.schema.avro.EvaluationRow;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationStoreTest {

  @TempDir Path directory;

  private final AvroCodec codec = AvroCodec.of(Evaluation.class);

  private byte[] step(String model, String family, long epoch, long step, EvaluationRow... rows) {
    return codec.encode(new Evaluation(model, family, epoch, step, List.of(rows)));
  }

  private static EvaluationRow row(String id, float label, float prediction) {
    return row(id, "u1", label, prediction, null);
  }

  private static EvaluationRow row(
      String id, @Nullable String user, float label, float prediction, @Nullable Double truth) {
    return new EvaluationRow(
        id, 100L, 200L, user, "i1", null, 1, label, 1f, prediction, 0.1f, 0.3f, truth, null, null);
  }

  private static List<String> ids(EvaluationStore store, String model) {
    List<String> ids = new ArrayList<>();
    store.read(
        model, evaluation -> evaluation.getRows().forEach(row -> ids.add(row.getExampleId())));
    return ids;
  }

  @Test
  void stepsThatARestartTookBackDoNotAppearAndNoneIsMissing() {
    try (EvaluationStore store = new EvaluationStore(directory, List.of("din", "base"))) {
      assertThat(store.add(step("din", "din", 1, 1, row("a", 1, 0.5f)))).isNotNull();
      assertThat(store.add(step("din", "din", 1, 2, row("b", 0, 0.5f), row("c", 0, 0.4f))))
          .isNotNull();
      assertThat(store.add(step("din", "din", 1, 3, row("d", 0, 0.5f)))).isNotNull();
      // A restart from the checkpoint after step 1: the same steps again, and one late straggler.
      assertThat(store.add(step("din", "din", 2, 2, row("b", 0, 0.5f), row("c", 0, 0.4f))))
          .isNull();
      assertThat(ids(store, "din")).containsExactly("a", "b", "c");
      assertThat(store.add(step("din", "din", 1, 4, row("zombie", 0, 0.5f)))).isNull();
      assertThat(store.add(step("din", "din", 2, 3, row("d", 0, 0.5f)))).isNull();
      assertThat(store.add(step("din", "din", 2, 4, row("e", 1, 0.5f)))).isNotNull();
      assertThat(ids(store, "din")).containsExactly("a", "b", "c", "d", "e");
      assertThat(store.examples("din")).isEqualTo(5);
    }
  }

  @Test
  void referencesComeAfterModelsAndTheBaselineIsNamedOnlyOnTheSameRows() {
    try (EvaluationStore store = new EvaluationStore(directory, List.of("din", "base"))) {
      store.add(step("logistic-regression", "reference", 0, 1, row("a", 1, 0.8f)));
      store.add(step("base", "base", 1, 1, row("a", 1, 0.5f), row("b", 0, 0.5f)));
      store.add(step("din", "din", 1, 1, row("a", 1, 0.5f)));
      List<RunReport.Model> models = Reports.models(store, Map.of(), true);
      assertThat(models)
          .extracting(RunReport.Model::name)
          .containsExactly("din", "base", "logistic-regression");
      assertThat(models.get(0).baselineLogLoss()).isCloseTo(-Math.log(0.8), within(1e-6));
      assertThat(models.get(0).logLoss()).isCloseTo(-Math.log(0.5), within(1e-6));
      assertThat(models.get(1).baselineLogLoss()).isNull();
      assertThat(models.get(0).version()).isNull();
      assertThat(models.get(0).oracleLogLoss()).isNull();
    }
  }

  @Test
  void predictionsReadBackToTheSameBitsWhateverTheIdsHold() throws IOException {
    float third = 1f / 3;
    try (EvaluationStore store = new EvaluationStore(directory, List.of("din", "base"))) {
      store.add(
          step(
              "din",
              "din",
              1,
              1,
              row("with,comma", "say \"hi\"", 1, third, 0.1),
              row("", null, 0, Float.MIN_VALUE, null)));
      Path plain = directory.resolve("p.csv");
      Path zipped = directory.resolve("p.csv.gz");
      PredictionsFile.write(plain, store, List.of("din"));
      PredictionsFile.write(zipped, store, List.of("din"));
      String text = Files.readString(plain);
      assertThat(text)
          .isEqualTo(
              PredictionsFile.HEADER
                  + "\r\ndin,din,1,\"with,comma\",100,200,\"say \"\"hi\"\"\",i1,,1,1.0,1.0,0.33333334,0.1,0.3,0.1,,"
                  + "\r\ndin,din,1,\"\",100,200,,i1,,1,0.0,1.0,1.4E-45,0.1,0.3,,,\r\n");
      assertThat(Float.parseFloat("0.33333334")).isEqualTo(third);
      try (InputStream in = new GZIPInputStream(Files.newInputStream(zipped))) {
        assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(text);
      }
    }
  }

  @Test
  void figuresOnTheWayAreThoseOfRowsSeenOnce() {
    try (EvaluationStore store = new EvaluationStore(directory, List.of("din", "base"))) {
      for (int epoch = 1; epoch <= 2; epoch++) {
        store.add(step("din", "din", epoch, 1, row("a", "u", 1, 0.5f, 0.9), row("b", 0, 0.25f)));
      }
      EvaluationStore.Figures figures = store.figures().get(0);
      assertThat(figures.examples()).isEqualTo(2);
      assertThat(figures.sinceStart().logLoss())
          .isCloseTo(-(Math.log(0.5) + Math.log(0.75)) / 2, within(1e-6));
      assertThat(figures.oracleRecent()).isNotNull();
    }
  }
}
