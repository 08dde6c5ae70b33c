package io.freshet.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.report.EvaluationStore;
import io.freshet.faults.Oracle.Truth;
import io.freshet.faults.ReaderLine.What;
import io.freshet.schema.AvroCodec;
import io.freshet.schema.avro.Evaluation;
import io.freshet.schema.avro.EvaluationRow;
import io.freshet.scoring.state.HashValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A judge that finds nothing wrong must have been able to. */
class VerdictTest {

  private static final HashValue HASH = new HashValue(1, 2);
  private static final String BITS = "3f800000";

  @TempDir Path directory;

  @Test
  void aRunThatIsItsOracleHasNoProblems() throws IOException {
    assertThat(verdict(List.of("a", "b"), line(What.SWAP, 2, HASH, true, "delta")).problems())
        .isEmpty();
  }

  @Test
  void examplesThatAreMissingOrComeTwiceAreFound() throws IOException {
    assertThat(verdict(List.of("a")).lost()).isEqualTo(1);
    assertThat(verdict(List.of("a", "b", "b")).doubled()).isEqualTo(1);
    assertThat(verdict(List.of("b", "a")).predictionsDiffer()).isPositive();
  }

  @Test
  void versionsThatAreNotTheOraclesAreFound() throws IOException {
    ReaderLine good = line(What.SWAP, 2, HASH, true, "delta");
    List<String> all = List.of("a", "b");
    assertThat(verdict(all, line(What.SWAP, 2, HASH, false, "delta")).unverified()).isEqualTo(1);
    assertThat(verdict(all, line(What.SWAP, 2, new HashValue(3, 4), true, "delta")).hashesDiffer())
        .isEqualTo(1);
    assertThat(verdict(all, good, line(What.SCORED, 0, HASH, null, "00000000")).mixed())
        .isEqualTo(1);
    assertThat(verdict(all, good, line(What.SCORED, 0, HASH, null, BITS)).mixed()).isZero();
    assertThat(verdict(all, good, line(What.MIXED, 0, HASH, null, BITS)).mixed()).isEqualTo(1);
    assertThat(verdict(all, line(What.SWAP, 1, HASH, true, "delta")).behind()).isEqualTo(1);
  }

  @Test
  void aRunThatWasStuckIsNotAGoodOne() throws IOException {
    Verdict good = verdict(List.of("a", "b"), line(What.SWAP, 2, HASH, true, "delta"));

    assertThat(good.with("").problems()).isEmpty();
    assertThat(good.with("fault 3 never ended").problems())
        .containsExactly("stuck: fault 3 never ended");
  }

  private static ReaderLine line(
      What what,
      long step,
      HashValue hash,
      @org.jspecify.annotations.Nullable Boolean proven,
      String text) {
    return new ReaderLine(
        what, 0, "din", "committed", 1, 2, step, hash.hex(), proven, text, 0, 0, 0, 0);
  }

  private Verdict verdict(List<String> learnt, ReaderLine... lines) throws IOException {
    Truth truth = new Truth(2, HASH);
    truth.add(1, HASH, BITS);
    truth.add(2, HASH, BITS);
    Path work = Files.createTempDirectory(directory, "run");
    try (EvaluationStore said = store(work.resolve("said"), learnt);
        EvaluationStore should = store(work.resolve("should"), List.of("a", "b"))) {
      return Verdict.of(
          List.of("din"), said, should, 2, Map.of("din", truth), Arrays.asList(lines), work);
    }
  }

  private static EvaluationStore store(Path work, List<String> examples) throws IOException {
    EvaluationStore store = new EvaluationStore(Files.createDirectories(work), List.of("din"));
    List<EvaluationRow> rows = new ArrayList<>();
    for (String example : examples) {
      rows.add(
          EvaluationRow.newBuilder()
              .setExampleId(example)
              .setImpressionTime(1)
              .setReadyTime(2)
              .setUserId("u")
              .setItemId("i")
              .setQueryId(null)
              .setPosition(1)
              .setLabel(1)
              .setWeight(1)
              .setPrediction(0.5f)
              .setRaw(0.5f)
              .setPredictionAtTraining(0.5f)
              .setTrueProbability(null)
              .setPropensity(null)
              .build());
    }
    store.add(AvroCodec.of(Evaluation.class).encode(new Evaluation("din", "din", 1L, 1L, rows)));
    return store;
  }
}
