package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.modellog.Version;
import io.freshet.scoring.AnytimeScorer.Prefix;
import io.freshet.serving.Effort;
import io.freshet.serving.Scores;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ScoredByTest {

  private static Scores scores(int count, boolean isDefault, @Nullable Prefix prefix) {
    return new Scores(
        new Version(1, 1), Duration.ZERO, new float[count], new float[count], isDefault, prefix);
  }

  @Test
  void everyPrefixThatScoredIsNamedWithItsShareShortestFirst() {
    ScoredBy by = new ScoredBy(Effort.within(Duration.ofMillis(2)));
    by.add(scores(3, false, new Prefix(1, 20, 0.25f, 5_000)));
    by.add(scores(500, false, new Prefix(0, 8, Float.NaN, 0)));
    by.add(scores(2, false, new Prefix(1, 20, 0.25f, 5_000)));

    assertThat(by.lines())
        .containsExactly(
            "500 scored by a prefix of 8 units, whose log loss is not measured yet",
            "5 scored by a prefix of 20 units, log loss 0.2500 over some 5,000 recent examples"
                + " before they were learnt");
  }

  @Test
  void defaultsAreSaidAndAFamilyWithoutPrefixesWhereOneWasAskedFor() {
    ScoredBy asked = new ScoredBy(Effort.units(20));
    asked.add(scores(4, false, null));
    asked.add(scores(2, true, null));
    assertThat(asked.lines())
        .containsExactly(
            "4 scored whole, the model's family has no prefixes",
            "2 answered with the declared default, the version is too stale");

    ScoredBy usual = new ScoredBy(Effort.WHOLE);
    usual.add(scores(4, false, null));
    assertThat(usual.lines()).isEmpty();
  }
}
