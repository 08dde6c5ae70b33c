package io.freshet.learning;

import io.freshet.learning.base.BaseLearning;
import io.freshet.learning.boosted.BoostedLearning;
import io.freshet.learning.colbert.ColbertLearning;
import io.freshet.learning.din.DinLearning;
import io.freshet.learning.noise.NoiseLearning;
import java.util.List;

/** The families that a model may be of, one line each. */
public final class LearnerFamilies {

  private static final List<LearnerFamily> ALL =
      List.of(
          new DinLearning(), //
          new BaseLearning(),
          new BoostedLearning(),
          new NoiseLearning(),
          new ColbertLearning());

  private LearnerFamilies() {}

  public static List<LearnerFamily> all() {
    return ALL;
  }

  /**
   * @throws IllegalArgumentException if there is no such family
   */
  public static LearnerFamily named(String name) {
    return ALL.stream()
        .filter(family -> family.scoring().name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "family must be one of %s, got %s"
                        .formatted(
                            ALL.stream().map(family -> family.scoring().name()).toList(), name)));
  }
}
