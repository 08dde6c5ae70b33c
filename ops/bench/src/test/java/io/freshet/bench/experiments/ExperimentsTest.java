package io.freshet.bench.experiments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.bench.experiments.NoiseRun.Plan;
import io.freshet.bench.experiments.NoiseRun.Start;
import io.freshet.learning.gbnn.Columns;
import io.freshet.learning.gbnn.Task;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ExperimentsTest {

  @Test
  void aTableIsReadWithMissingNumbersAtTheMeanAndTextOneHot(@TempDir Path folder)
      throws IOException {
    Path file = folder.resolve("t.csv.gz");
    try (Writer out =
        new OutputStreamWriter(
            new GZIPOutputStream(Files.newOutputStream(file)), StandardCharsets.UTF_8)) {
      out.write("a,b,c,target\n1,x,7,yes\n3,y,7,no\n,x,7,yes\n5,y,7,no\n");
    }
    UciTable table = UciTable.read(file, "t", Task.BINARY, 10, 1);
    assertThat(table.rows()).isEqualTo(4);
    assertThat(table.columns()).hasNumberOfRows(4);
    int[] all = {0, 1, 2, 3};
    UciTable.Split split = table.split(all, all);
    for (int r = 0; r < 4; r++) {
      double a = table.columns()[0][r];
      double expected = Double.isNaN(a) ? 0 : (a - 3) / Math.sqrt(8.0 / 3);
      assertThat(split.train().columns()[0][r]).isCloseTo(expected, within(1e-12));
      assertThat(split.train().columns()[1][r]).isEqualTo(table.labels()[r] == 1 ? 1.0 : -1.0);
      assertThat(split.train().columns()[3][r]).as("a constant column").isZero();
    }
  }

  @Test
  void foldsHaveTheTablesSharesOfClasses() {
    double[] labels = new double[100];
    Arrays.fill(labels, 0, 20, 1);
    int[] folds = UciTable.folds(Task.BINARY, labels, 5);
    for (int fold = 0; fold < 5; fold++) {
      int[] rows = GbnnExperiment.rows(folds, fold, true);
      assertThat(rows).hasSize(20);
      assertThat(Arrays.stream(rows).filter(r -> labels[r] == 1)).hasSize(4);
    }
  }

  /** Values from R's wilcox.test(exact = TRUE) and by hand. */
  @Test
  void pairedTestsGiveKnownValues() {
    assertThat(PairedTests.signedRank(new double[] {1, 2, 3, 4, 5})).isEqualTo(0.0625);
    assertThat(PairedTests.signedRank(new double[] {-1, 2, 3, 4, 5, 6})).isEqualTo(0.0625);
    assertThat(PairedTests.signedRank(new double[] {1, -2, 3, 0})).isEqualTo(0.75);
    double t = PairedTests.correctedT(new double[] {1, 2, 3, 4, 5});
    assertThat(t).isCloseTo(3 / Math.sqrt(0.45 * 2.5), within(1e-12));
  }

  @Test
  void adamsNetworkLearnsWhatIsNotLinear() {
    Random random = new Random(1);
    double[][] columns = new double[2][400];
    double[] labels = new double[400];
    for (int r = 0; r < 400; r++) {
      columns[0][r] = random.nextGaussian();
      columns[1][r] = random.nextGaussian();
      labels[r] = columns[0][r] * columns[1][r] > 0 ? 1 : 0;
    }
    var inputs = new Columns(400, columns);
    AdamNetwork network =
        new AdamNetwork(new AdamNetwork.Plan(30, 60, 0.01, 1e-4), Task.BINARY, 1, 2, 1);
    network.train(inputs, labels, 1);
    assertThat(GbnnExperiment.quality(Task.BINARY, network.scores(inputs), labels))
        .isGreaterThan(0.93);
  }

  @Test
  void aZeroStartStaysAtItsOutputsBiasWithoutNoiseAndLeavesItWithNoise() {
    Random random = new Random(1);
    float[][] pixels = new float[50][20];
    int[] labels = new int[50];
    for (int i = 0; i < 50; i++) {
      for (int p = 0; p < 20; p++) {
        pixels[i][p] = random.nextFloat();
      }
      labels[i] = i % 5 == 0 ? 1 : 3;
    }
    Images images = new Images(pixels, labels);
    Plan plan = new Plan(30, 16, 0.1, 10, 0.01);
    NoiseRun plain = new NoiseRun(plan, images, Start.ZERO, 1);
    plain.train(1, false);
    assertThat(plain.accuracy(images)).as("the commonest class").isEqualTo(0.8);
    assertThat(plain.largestHiddenWeight()).isZero();
    NoiseRun noisy = new NoiseRun(plan, images, Start.ZERO, 1);
    noisy.train(1, true);
    assertThat(noisy.largestHiddenWeight()).isPositive();
  }

  @Test
  void aPartOfThePageIsReplacedBetweenItsMarks(@TempDir Path folder) throws IOException {
    Path page = folder.resolve("page.md");
    Page.replace(page, "a", "one\n");
    Page.replace(page, "b", "two\n");
    Page.replace(page, "a", "three\n");
    assertThat(Files.readString(page))
        .contains("<!-- a -->\nthree\n<!-- /a -->\n", "<!-- b -->\ntwo\n<!-- /b -->\n")
        .doesNotContain("one");
  }
}
