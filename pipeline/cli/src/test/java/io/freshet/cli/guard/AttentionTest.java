package io.freshet.cli.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.cli.DefaultModels;
import io.freshet.job.Entry;
import io.freshet.job.learner.LearnerLoop;
import io.freshet.learning.metric.LogLoss;
import io.freshet.learning.metric.PairedDifference;
import io.freshet.scoring.Scorer;
import io.freshet.scoring.ScorerFamilies;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureEncoder;
import io.freshet.scoring.feature.HistoryPlan;
import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelsFile;
import io.freshet.source.Source;
import io.freshet.source.Sources;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Which past click a weight belongs to matters: attention is more than a detour to the mean. */
class AttentionTest {

  private static final int LEARNT = 140_000;
  private static final int SCORED = 4_000;

  /**
   * A small DIN in a small shop, which sees each user often: its attention leaves the mean after a
   * hundred thousand impressions, where the default models need many more. It must find a user's
   * wants in the history, having no feature of the user.
   */
  private static final String SOURCE = "simulator:users=30,items=400";

  private static final String MODELS =
      """
      models:
        din:
          family: din
          features:
            - {name: category, from: item.category, as: id, size: 4}
            - {name: brand, from: item.brand, as: id, size: 4}
            - {name: item-rate, from: item.id, as: counters, halfLives: [1d]}
            - {name: position, from: position, as: bias}
          histories:
            - {name: clicked, of: [category, brand], actions: [click], length: 30}
          attention: {units: [16, 8], activation: dice, normalize: softmax}
          network: {units: [16], activation: dice}
          optimizer: {rows: {rate: 0.25}, dense: {rate: 0.01}}
          batch: {size: 128}
      """;

  /** The losses of the same later impressions, as they are and with weights shuffled. */
  private record Losses(List<Double> plain, List<Double> shuffled, List<Long> users) {

    PairedDifference cost() {
      return Objects.requireNonNull(
          PairedDifference.byUserBootstrap(
              array(shuffled),
              array(plain),
              users.stream().mapToLong(Long::longValue).toArray(),
              1_000,
              1));
    }

    private static double[] array(List<Double> losses) {
      return losses.stream().mapToDouble(Double::doubleValue).toArray();
    }
  }

  @Test
  void shufflingTheWeightsWithinEachHistoryCosts() {
    Source source = Sources.open(SOURCE, 1);
    ModelsFile models = DefaultModels.read(MODELS, source.defaults());
    List<Entry> entries =
        Stretch.entries(models, Stretch.events(source, LEARNT + SCORED, models.stream().waitMs()));
    Losses losses = new Losses(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    try (LearnerLoop loop = Lesson.start(models.models().get(0), plan(models), evaluation -> {})) {
      score(loop, learn(loop, entries), labels(entries), losses);
    }
    assertThat(losses.plain()).hasSize(SCORED);
    assertThat(losses.cost().low()).as("%s", losses.cost()).isPositive();
  }

  /** Learns from the first impressions; returns the others. */
  private static List<Entry.Predict> learn(LearnerLoop loop, List<Entry> entries) {
    List<Entry.Predict> later = new ArrayList<>();
    int shown = 0;
    for (Entry entry : entries) {
      if (entry instanceof Entry.Predict predict) {
        if (shown++ < LEARNT) {
          loop.predict(predict);
        } else {
          later.add(predict);
        }
      } else if (later.isEmpty()) {
        loop.train((Entry.Train) entry);
      }
    }
    return later;
  }

  private static Map<String, Float> labels(List<Entry> entries) {
    Map<String, Float> labels = new HashMap<>();
    for (Entry entry : entries) {
      if (entry instanceof Entry.Train train) {
        labels.put(train.exampleId(), train.label());
      }
    }
    return labels;
  }

  private static void score(
      LearnerLoop loop, List<Entry.Predict> later, Map<String, Float> labels, Losses losses) {
    ModelSettings settings = loop.learner().settings();
    SlowDin slow = new SlowDin(settings, loop.learner().servingState());
    Scorer scorer =
        ScorerFamilies.named(settings.family()).scorer(settings, loop.learner().servingState());
    FeatureEncoder encoder = new FeatureEncoder(settings);
    Random random = new Random(1);
    for (Entry.Predict predict : later) {
      EncodedExample example = encoder.encode(predict.instance(), predict.past());
      double[][] weights = slow.weights(example);
      double plain = slow.probability(example, weights);
      assertThat(plain)
          .as("the scorer's float32 against double precision")
          .isCloseTo(scorer.calibrate(scorer.logit(example)), within(1e-5));
      for (double[] history : weights) {
        shuffle(history, random);
      }
      float label = Objects.requireNonNull(labels.get(predict.exampleId()));
      losses.plain().add(LogLoss.of(plain, label));
      losses.shuffled().add(LogLoss.of(slow.probability(example, weights), label));
      losses.users().add(Ids.of(Objects.requireNonNull(predict.instance().userId())));
    }
  }

  private static HistoryPlan plan(ModelsFile models) {
    return HistoryPlan.of(models.models());
  }

  private static void shuffle(double[] values, Random random) {
    for (int last = values.length - 1; last > 0; last--) {
      int other = random.nextInt(last + 1);
      double value = values[last];
      values[last] = values[other];
      values[other] = value;
    }
  }
}
