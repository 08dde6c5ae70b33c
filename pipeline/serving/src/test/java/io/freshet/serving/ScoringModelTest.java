package io.freshet.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.freshet.modellog.InMemoryModelLog;
import io.freshet.scoring.ScorerFamilies;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureEncoder;
import io.freshet.scoring.feature.Instance;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.state.ModelState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ScoringModelTest {

  @Test
  void aReaderScoresADeclaredModelToTheBitsOfItsFamilysScorer() {
    ModelSettings settings = DeclaredModels.din();
    ModelState state =
        DeclaredModels.fill(ScorerFamilies.named("din").emptyState(settings), new Random(1));
    List<Instance> candidates =
        DeclaredModels.candidates(new Random(2), 20, DeclaredModels.histories(new Random(3), 18));
    InMemoryModelLog log = new InMemoryModelLog("din", () -> Instant.EPOCH);
    DeclaredModels.publish(log.open(), settings, state);
    ReaderOptions options =
        ReaderOptions.of(Map.of(), "din", Isolation.SPECULATIVE).withFeatures(0, 0);

    try (ModelReader reader = LogModelReader.open(options, log::feed, ScoringModel::of, null)) {
      reader.awaitFirst(Duration.ofSeconds(20));
      assertThat(reader.matches()).isTrue();
      Scores scores = reader.scorer().score(candidates);

      FeatureEncoder encoder = new FeatureEncoder(settings);
      io.freshet.scoring.Scorer scorer = ScorerFamilies.named("din").scorer(settings, state);
      for (int i = 0; i < candidates.size(); i++) {
        EncodedExample encoded = encoder.encode(candidates.get(i));
        assertThat(scores.logits()[i]).isEqualTo(scorer.logit(encoded));
        assertThat(scores.of(i)).isEqualTo(scorer.calibrate(scores.logits()[i]));
      }
    }
  }

  @Test
  void settingsThatThisReleaseDoesNotKnowAreNamed() {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> ScoringModel.of("{\"family\":\"crystal-ball\"}"))
        .withMessageContaining("a manifest's settings must be readable");
  }
}
