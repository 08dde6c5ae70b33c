package io.freshet.cli.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.cli.DefaultModels;
import io.freshet.job.Entry;
import io.freshet.learning.metric.QualityRows;
import io.freshet.learning.reference.References;
import io.freshet.scoring.settings.ModelsFile;
import io.freshet.source.Source;
import io.freshet.source.Sources;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Labels that mean nothing teach nothing: where a model still told them apart, it would have seen
 * them before it predicted.
 */
class ShuffledLabelsTest {

  /** Standard errors of an AUC whose scores are independent of the labels. */
  private static final double TOLERANCE = 3;

  /**
   * Where an AUC lies whose scores are nothing but the running rate, in standard errors above 1/2.
   * Every such score hangs on the label just before it, by an amount that is all that neighbours
   * differ in: after a positive the next scores are higher, so that a positive lies below its
   * successors, a negative above. {@link #aBareRunningRateLiesBelowOneHalf} shows it.
   */
  private static final double OF_A_RUNNING_RATE = -1.4;

  /** References that know the example by one bit at most. */
  private static final Set<String> RUNNING_RATES = Set.of("prior", "already-clicked");

  @Test
  void aBareRunningRateLiesBelowOneHalf() {
    Random random = new Random(1);
    double sum = 0;
    int streams = 200;
    for (int stream = 0; stream < streams; stream++) {
      QualityRows.Builder rows = new QualityRows.Builder();
      double positives = 1;
      for (int i = 0; i < 3_000; i++) {
        float label = random.nextInt(4) == 0 ? 1 : 0;
        float rate = (float) (positives / (i + 4));
        rows.add(label, 1, rate, QualityRows.NO_USER, 0, Double.NaN, i);
        positives += label;
      }
      sum += Chance.of(rows.build()).z();
    }
    // their standard deviation is 0.92, that of the mean of 200 is 0.065
    assertThat(sum / streams).isCloseTo(OF_A_RUNNING_RATE, within(0.2));
  }

  @Test
  void onTheSimulatorNothingTellsShuffledLabelsApart() {
    assertNothingIsLearnt(Sources.open("simulator", 1), 30_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"online-retail", "movietweetings"})
  void onRealDataNothingTellsShuffledLabelsApart(String name) {
    Path folder = Path.of(System.getProperty("freshet.data", ""), name);
    Assumptions.assumeTrue(
        Files.isDirectory(folder),
        () -> "SKIPPED: no data set at " + folder + "; set -Dfreshet.data");
    assertNothingIsLearnt(Sources.open(name + ":" + folder, 1), 10_000);
  }

  private static void assertNothingIsLearnt(Source source, int impressions) {
    ModelsFile models =
        DefaultModels.read(DefaultModels.text(null, source.name()), source.defaults());
    List<Entry> entries =
        Stretch.entries(models, Stretch.events(source, impressions, models.stream().waitMs()));

    Map<String, QualityRows> said = Lesson.all(models, Stretch.shuffled(entries, 1));

    assertThat(said).containsKeys("din", "base").containsKeys(names(References.names()));
    SoftAssertions.assertSoftly(
        all ->
            said.forEach(
                (model, rows) -> {
                  all.assertThat(rows.size()).as(model).isEqualTo(impressions);
                  all.assertThat(Chance.of(rows).z())
                      .as("%s, standard errors above 1/2", model)
                      .isCloseTo(
                          RUNNING_RATES.contains(model) ? OF_A_RUNNING_RATE : 0, within(TOLERANCE));
                }));
  }

  private static String[] names(List<String> names) {
    return names.toArray(String[]::new);
  }
}
