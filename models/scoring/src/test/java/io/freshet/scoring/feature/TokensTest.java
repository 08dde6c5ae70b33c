package io.freshet.scoring.feature;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.scoring.settings.ModelSettings.Words;
import org.junit.jupiter.api.Test;

class TokensTest {

  private static final Words PLAIN = new Words(32, 0, false);

  private static long[] ids(String... texts) {
    long[] ids = new long[2 * texts.length];
    for (int i = 0; i < texts.length; i++) {
      ids[2 * i] = Ids.of(texts[i]);
      ids[2 * i + 1] = Ids.SHARED;
    }
    return ids;
  }

  @Test
  void textIsItsWordsInLowerCaseInTheirOrder() {
    assertThat(Tokens.of("Red KETTLE, 1.5 l — Éclair", PLAIN))
        .isEqualTo(ids("red", "kettle", "1", "5", "l", "éclair"));
  }

  @Test
  void punctuationMarksAreTokensOnlyWhereWanted() {
    assertThat(Tokens.of("why? (a-b)", new Words(32, 0, true)))
        .isEqualTo(ids("why", "?", "(", "a", "-", "b", ")"));
    assertThat(Tokens.of("?!", PLAIN)).isEmpty();
  }

  @Test
  void onlyTheFirstTokensOfALongTextCount() {
    String text = "w ".repeat(10_000);

    assertThat(Tokens.count(Tokens.of(text, PLAIN))).isEqualTo(32);
    assertThat(Tokens.count(Tokens.of("a,b", new Words(2, 0, true)))).isEqualTo(2);
  }

  @Test
  void emptyTextHasNoTokens() {
    assertThat(Tokens.of("", PLAIN)).isEmpty();
    assertThat(Tokens.of(" \n\t", new Words(32, 4, true))).isEmpty();
  }

  @Test
  void wordIsFollowedByItsNGramsBetweenBorders() {
    assertThat(Tokens.of("cells ok", new Words(32, 4, false)))
        .isEqualTo(
            new long[] {
              Ids.of("cells"),
              Ids.of("#<cel"),
              Ids.of("#cell"),
              Ids.of("#ells"),
              Ids.of("#lls>"),
              Ids.SHARED,
              Ids.of("ok"),
              Ids.SHARED
            });
  }

  @Test
  void endlessWordHasTheNGramsOfItsBeginningOnly() {
    long[] tokens = Tokens.of("x".repeat(60_000) + "y", new Words(32, 4, false));

    assertThat(tokens.length).isLessThan(40);
    assertThat(Tokens.count(tokens)).isEqualTo(1);
    assertThat(tokens[0]).isEqualTo(Ids.of("x".repeat(60_000) + "y"));
  }

  @Test
  void peopleReadTheSameTokensThatTheModelReads() {
    assertThat(Tokens.words("Red kettle?", new Words(32, 4, true)))
        .containsExactly("red", "kettle", "?");
  }
}
