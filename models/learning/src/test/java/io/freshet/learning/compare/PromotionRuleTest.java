package io.freshet.learning.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class PromotionRuleTest {

  private static final Standing BETTER = standing(0.01, 0);

  private static Standing standing(double low, long until) {
    return new Standing(low + 0.05, low, low + 0.1, 1_000, 500, 20, until);
  }

  @Test
  void promotesAChallengerThatWasBetterForTheWholeHorizon() {
    PromotionRule rule = new PromotionRule(100);
    for (long time = 0; time < 100; time += 20) {
      assertThat(rule.promotes(standing(0.01, time))).isFalse();
    }
    assertThat(rule.promotes(standing(0.01, 100))).isTrue();
    assertThat(rule.promotes(standing(0.01, 120))).as("it starts anew").isFalse();
  }

  @Test
  void aBlockWithoutProofStartsTheHorizonAnew() {
    PromotionRule rule = new PromotionRule(100);
    assertThat(rule.promotes(standing(0.01, 0))).isFalse();
    assertThat(rule.promotes(standing(0, 50))).as("zero is not excluded").isFalse();
    assertThat(rule.promotes(standing(0.01, 60))).isFalse();
    assertThat(rule.promotes(standing(0.01, 159))).isFalse();
    assertThat(rule.promotes(standing(0.01, 160))).isTrue();
  }

  @Test
  void neverPromotesTheWorseOne() {
    PromotionRule rule = new PromotionRule(0);
    assertThat(rule.promotes(standing(-0.2, 1_000))).isFalse();
    assertThat(rule.promotes(BETTER)).isTrue();
  }

  @Test
  void goesOnWhereItWasSaved() throws IOException {
    PromotionRule rule = new PromotionRule(100);
    rule.promotes(standing(0.01, 10));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    rule.save(new DataOutputStream(bytes));
    PromotionRule resumed =
        PromotionRule.resume(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    assertThat(resumed.promotes(standing(0.01, 109))).isFalse();
    assertThat(resumed.promotes(standing(0.01, 110))).isTrue();
    assertThatThrownBy(() -> new PromotionRule(-1)).hasMessageContaining("got -1");
  }
}
