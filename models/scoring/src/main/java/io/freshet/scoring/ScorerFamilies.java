package io.freshet.scoring;

import io.freshet.scoring.base.BaseScoring;
import io.freshet.scoring.boosted.BoostedScoring;
import io.freshet.scoring.colbert.ColbertScoring;
import io.freshet.scoring.din.DinScoring;
import io.freshet.scoring.noise.NoiseScoring;
import java.util.List;

/** All families, one line each. */
public final class ScorerFamilies {

  private static final List<ScorerFamily> ALL =
      List.of(
          new DinScoring(), //
          new BaseScoring(),
          new BoostedScoring(),
          new NoiseScoring(),
          new ColbertScoring());

  private ScorerFamilies() {}

  public static List<ScorerFamily> all() {
    return ALL;
  }

  /**
   * @throws IllegalArgumentException if there is no family of that name
   */
  public static ScorerFamily named(String name) {
    return ALL.stream()
        .filter(family -> family.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "a family must be one of %s, got %s"
                        .formatted(ALL.stream().map(ScorerFamily::name).toList(), name)));
  }
}
