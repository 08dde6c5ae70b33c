package io.freshet.bench.experiments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.bench.experiments.StreamingExperiment.Kind;
import io.freshet.learning.gbnn.Task;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class StreamingTest {

  private static UciTable table(Task task, int rows) {
    Random random = new Random(1);
    double[][] columns = new double[3][rows];
    double[] labels = new double[rows];
    for (int r = 0; r < rows; r++) {
      for (double[] column : columns) {
        column[r] = 7 + 2 * random.nextGaussian();
      }
      double product = (columns[0][r] - 7) * (columns[1][r] - 7);
      labels[r] =
          switch (task) {
            case REGRESSION -> 100 + product;
            case BINARY -> product > 0 ? 1 : 0;
            case MULTI_CLASS -> (product > 0 ? 1 : 0) + (columns[2][r] > 7 ? 1 : 0);
          };
    }
    return new UciTable("t", task, columns, labels, rows);
  }

  @Test
  void aRowIsStandardisedByTheRowsBeforeIt() {
    UciTable table = table(Task.REGRESSION, 1_000);
    TableStream stream = TableStream.of(table);
    double[] before = Arrays.copyOf(table.columns()[1], 700);
    double mean = Arrays.stream(before).average().orElse(0);
    double variance = Arrays.stream(before).map(x -> (x - mean) * (x - mean)).sum() / 700;
    assertThat((double) stream.rows()[700][1])
        .isCloseTo((table.columns()[1][700] - mean) / Math.sqrt(variance), within(1e-5));
    table.columns()[1][900] = 1e9;
    assertThat(TableStream.of(table).rows()[700]).isEqualTo(stream.rows()[700]);
  }

  @Test
  void aDriftMovesColumnsFromItsRowOn() {
    TableStream stream = TableStream.of(table(Task.BINARY, 600));
    TableStream drifting = stream.drifting(300, 3);
    assertThat(drifting.rows()[299]).isEqualTo(stream.rows()[299]);
    float[] moved = drifting.rows()[300].clone();
    assertThat(moved).isNotEqualTo(stream.rows()[300]);
    Arrays.sort(moved);
    float[] sorted = stream.rows()[300].clone();
    Arrays.sort(sorted);
    assertThat(moved).isEqualTo(sorted);
  }

  @Test
  void aDriftIsLearntOnceTheLastRowsAreGoodAgain() {
    LossCurve curve = new LossCurve();
    for (int batch = 0; batch < 300; batch++) {
      boolean bad = batch >= 100 && batch < 150;
      curve.add(10 * (bad ? 2.0 : 0.5), 10);
    }
    assertThat(curve.mean(0, 1_000)).isEqualTo(0.5);
    assertThat(curve.mean(1_000, 1_500)).isEqualTo(2);
    // of the last 20 batches 2 may be bad: 0.5 + 0.15
    assertThat(curve.rowsUntil(1_000, 0.66)).isEqualTo(680);
    assertThat(curve.rowsUntil(1_000, 0.4)).isEqualTo(2_000);
  }

  @Test
  void classesAgainstTheRestAreJudgedByTheirShares() {
    TableStream stream = new TableStream(Task.MULTI_CLASS, new float[2][1], new double[] {2, 0}, 3);
    double[][] probabilities = {{0.2, 0.5}, {0.2, 0.25}, {0.4, 0.25}};
    assertThat(OneAgainstRest.loss(stream, 0, 2, probabilities))
        .isCloseTo(-2 * Math.log(0.5), within(1e-12));
    assertThat(OneAgainstRest.labels(stream, 2, 0, 2)).containsExactly(1, 0);
  }

  @ParameterizedTest
  @EnumSource(Task.class)
  void everyKindLearnsWhatIsNotLinearInOnePass(Task task) {
    TableStream stream = TableStream.of(table(task, 4_000));
    double constant = stream.constantLoss(2_000, 4_000);
    for (Kind kind : Kind.values()) {
      double rest =
          StreamingExperiment.candidates(kind, stream).stream()
              .mapToDouble(c -> StreamingExperiment.pass(c, stream, 1).mean(2_000) / constant)
              .min()
              .orElseThrow();
      assertThat(rest).as(kind.name()).isLessThan(kind == Kind.DAMPED ? 0.85 : 0.6);
    }
  }
}
