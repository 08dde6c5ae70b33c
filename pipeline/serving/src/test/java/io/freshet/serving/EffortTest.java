package io.freshet.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.freshet.modellog.InMemoryModelLog;
import io.freshet.modellog.ScriptedLearner;
import io.freshet.scoring.AnytimeScorer;
import io.freshet.scoring.AnytimeScorer.Prefix;
import io.freshet.scoring.ScorerFamilies;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureEncoder;
import io.freshet.scoring.feature.HistoryEntry;
import io.freshet.scoring.feature.Instance;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettingsJson;
import io.freshet.scoring.state.ModelState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class EffortTest {

  private static final Duration AGES = Duration.ofSeconds(Long.MAX_VALUE);

  private final ModelSettings settings = DeclaredModels.boosted();
  private final ModelState state = state(settings);
  private final List<Instance> candidates =
      DeclaredModels.candidates(new Random(2), 20, DeclaredModels.histories(new Random(3), 18));
  private final EncodedExample[] encoded =
      candidates.stream().map(new FeatureEncoder(settings)::encode).toArray(EncodedExample[]::new);
  private final AnytimeScorer truth =
      (AnytimeScorer) ScorerFamilies.named("boosted-mlp").scorer(settings, state);
  private final AtomicLong nanos = new AtomicLong();
  private final Scorer scorer = scorer(FeatureLookup.NONE, nanos::get);

  private static ModelState state(ModelSettings settings) {
    ModelState state =
        DeclaredModels.fill(
            ScorerFamilies.named("boosted-mlp").emptyState(settings), new Random(1));
    copy(state, "boost.prefix.calibration", 2, 1, 0.5f, -1);
    copy(state, "boost.prefix.quality", 0.4f, 900, 0.3f, 900, 0.2f, 900);
    copy(state, "calibration", 3, 2);
    return state;
  }

  private static void copy(ModelState state, String tensor, float... values) {
    System.arraycopy(values, 0, state.tensor(tensor).data(), 0, values.length);
  }

  private Scorer scorer(FeatureLookup features, LongSupplier nanoTime) {
    InMemoryModelLog log = new InMemoryModelLog("quick", () -> Instant.EPOCH);
    DeclaredModels.publish(log.open(), settings, state);
    ReaderOptions options = Reading.options(Isolation.SPECULATIVE);
    Reading reading =
        new Reading(log, options, ScoringModel.of(ModelSettingsJson.write(settings))).toTheEnd();
    return new PairScorer(reading.pair, features, options, nanoTime, () -> "nothing");
  }

  private void assertScoredBy(Prefix prefix, Scores scores) {
    assertThat(scores.prefix()).isEqualTo(prefix);
    float[] logits = new float[encoded.length];
    truth.logits(encoded, logits, prefix.units());
    assertThat(scores.logits()).isEqualTo(logits);
    for (int i = 0; i < logits.length; i++) {
      assertThat(scores.of(i)).isEqualTo(truth.calibrate(logits[i], prefix));
    }
  }

  @Test
  void unitsBuyThePrefixOfTheScoringSideToTheBit() {
    List<Prefix> prefixes = truth.prefixes();
    assertThat(prefixes).extracting(Prefix::units).containsExactly(8, 20, 40);

    assertScoredBy(prefixes.get(0), scorer.score(candidates, Effort.units(8)));
    assertScoredBy(prefixes.get(0), scorer.score(candidates, Effort.units(19)));
    assertScoredBy(prefixes.get(1), scorer.score(candidates, Effort.units(20)));
    assertScoredBy(prefixes.get(2), scorer.score(candidates, Effort.units(1_000)));
    assertThat(scorer.score(candidates, Effort.units(8)).logits())
        .isNotEqualTo(scorer.score(candidates, Effort.units(20)).logits());
  }

  @Test
  void withoutAnEffortTheWholeNetworkScoresAndSaysHowGoodItIs() {
    Scores scores = scorer.score(candidates);

    assertScoredBy(new Prefix(2, 40, 0.2f, 900), scores);
    for (int i = 0; i < encoded.length; i++) {
      assertThat(scores.of(i)).isEqualTo(truth.calibrate(truth.logit(encoded[i])));
    }
  }

  @Test
  void theTiniestBudgetIsAnsweredByTheFirstPrefix() {
    Scorer running = scorer(FeatureLookup.NONE, () -> nanos.addAndGet(10));
    Prefix first = truth.prefixes().get(0);

    assertScoredBy(first, running.score(candidates, Effort.within(Duration.ofNanos(1))));
    assertScoredBy(first, running.score(candidates, Effort.within(Duration.ZERO)));
    assertScoredBy(truth.prefixes().get(2), running.score(candidates, Effort.within(AGES)));
  }

  @Test
  void whatTheFeaturesTakeIsPartOfTheBudget() {
    FeatureLookup slow =
        new FeatureLookup() {
          @Override
          public Map<String, List<HistoryEntry>> histories(String userId) {
            nanos.addAndGet(5_000);
            return Map.of();
          }

          @Override
          public List<Map<String, Object>> items(List<String> itemIds) {
            return itemIds.stream().map(DeclaredModels::item).toList();
          }
        };
    Scorer looking = scorer(slow, nanos::get);
    List<String> items = List.of("a", "b");

    // The clock stands still while the network is evaluated.
    Effort little = Effort.within(Duration.ofNanos(4_999));
    assertThat(looking.score("u", items, Map.of(), little).prefix())
        .isEqualTo(truth.prefixes().get(0));
    Effort enough = Effort.within(Duration.ofNanos(5_000));
    assertThat(looking.score("u", items, Map.of(), enough).prefix())
        .isEqualTo(truth.prefixes().get(2));
  }

  @Test
  void fewerUnitsThanTheShortestPrefixAreRefused() {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> scorer.score(candidates, Effort.units(7)))
        .withMessage("units must be at least those of the shortest prefix, 8, got 7");
    assertThat(scorer.score(candidates, Effort.units(8)).size()).isEqualTo(20);
  }

  @Test
  void aFamilyWithoutPrefixesAlwaysScoresWhole() {
    InMemoryModelLog log = new InMemoryModelLog("din", () -> Instant.EPOCH);
    new ScriptedLearner(log.open()).claim().publish(7);
    Reading reading = new Reading(log).toTheEnd();
    PairScorer whole =
        new PairScorer(
            reading.pair,
            FeatureLookup.NONE,
            Reading.options(Isolation.SPECULATIVE),
            nanos::get,
            () -> "nothing");
    for (Effort effort : List.of(Effort.units(1), Effort.within(Duration.ZERO), Effort.WHOLE)) {
      Scores scores = whole.score(UniformModel.any(), effort);
      assertThat(scores.of(0)).isEqualTo(7);
      assertThat(scores.prefix()).isNull();
    }
  }

  @Test
  void anEffortThatCannotBeIsRefused() {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> Effort.units(0))
        .withMessage("units to score with must be from 1 to 2147483647, got 0");
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> Effort.within(Duration.ofMillis(-1)))
        .withMessage("the time to score in must not be negative, got PT-0.001S");
  }
}
