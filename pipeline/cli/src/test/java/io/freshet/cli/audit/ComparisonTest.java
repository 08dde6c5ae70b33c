package io.freshet.cli.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.modellog.Decision;
import io.freshet.modellog.Version;
import io.freshet.modellog.VersionFacts;
import io.freshet.scoring.state.HashValue;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparisonTest {

  private static VersionFacts version(long number, long step, long hash, String gate) {
    return new VersionFacts(
        new Version(1, number),
        null,
        HashValue.EMPTY,
        new HashValue(0, hash),
        step,
        0,
        Map.of(),
        Map.of(),
        Map.of(),
        gate,
        "{}",
        1,
        "java",
        "test");
  }

  private static Decision refusal(long step, long hash) {
    return new Decision(
        Decision.Kind.REFUSED,
        1,
        new Decision.Place(step, step, step),
        "refused: worse",
        null,
        new HashValue(0, hash),
        null,
        0,
        Map.of(),
        null,
        0);
  }

  @Test
  void roundsBetweenVersionsAreGoneByAndARollbackIsAnotherThanTheRoundBeforeIt() {
    Comparison comparison =
        new Comparison(
            List.of(version(1, 4, 40, "passed"), version(2, 8, 40, "rolled back to 1:1")),
            List.of(refusal(6, 20)));
    comparison.published(version(1, 2, 20, "passed"));
    comparison.published(version(2, 4, 40, "passed"));
    comparison.decided(refusal(6, 20));
    comparison.published(version(3, 8, 80, "passed"));
    assertThat(comparison.isOver()).isFalse();
    comparison.published(version(4, 8, 40, "rolled back to 1:2"));

    assertThat(comparison.isOver()).isTrue();
    assertThat(comparison.difference()).isNull();
    assertThat(comparison.equal()).isEqualTo(2);
    assertThat(comparison.refused()).isEqualTo(1);
  }

  @Test
  void theFirstThingThatDiffersIsNamedWithItsStep() {
    Comparison wrong =
        new Comparison(
            List.of(version(1, 4, 41, "passed"), version(2, 8, 80, "passed")), List.of());
    wrong.published(version(1, 4, 40, "passed"));
    wrong.published(version(2, 8, 81, "passed"));
    assertThat(wrong.difference()).startsWith("step 4, version 1:1: its state hash is ");

    Comparison refusedOnlyThere = new Comparison(List.of(version(1, 4, 40, "passed")), List.of());
    refusedOnlyThere.decided(refusal(4, 20));
    refusedOnlyThere.published(version(1, 6, 60, "passed"));
    assertThat(refusedOnlyThere.difference())
        .isEqualTo("step 4, version 1:1 (passed): the rebuild's gate let no version pass there");

    Comparison wentElsewhere =
        new Comparison(List.of(version(1, 9, 40, "passed")), List.of(refusal(4, 20)));
    wentElsewhere.decided(refusal(4, 21));
    assertThat(wentElsewhere.difference()).startsWith("step 4, a refusal: the learner went back");
  }
}
