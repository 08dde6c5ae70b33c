package io.freshet.learning.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.gate.Verdict.Outcome;
import io.freshet.learning.gate.Verdict.Reason;
import io.freshet.scoring.settings.GateSettings;
import io.freshet.scoring.state.StateDelta;
import io.freshet.scoring.state.Tensor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GateTest {

  private static final StateDelta NOTHING = new StateDelta(List.of(), List.of());

  /**
   * Rounds of 256 examples until all detectors bet, a multiple of the rounds that settings hold.
   */
  private static final long SETTLING = 64;

  private final Random random = new Random(11);

  /** Judges from the first round on; the reference moves every four rounds. */
  private static GateSettings settings() {
    return new GateSettings(true, 0.02, 1.5, 100_000, 4, 2, 0);
  }

  /**
   * A batch whose labels follow the reference's probabilities.
   *
   * @param noise standard deviation of what is added to the candidate's logits
   * @param shift added to them
   */
  private ScoredBatch batch(int examples, double noise, double shift) {
    float[] labels = new float[examples];
    float[] candidate = new float[examples];
    float[] reference = new float[examples];
    float[] weights = new float[examples];
    Arrays.fill(weights, 1);
    for (int i = 0; i < examples; i++) {
      double logit = -2 + random.nextGaussian();
      reference[i] = (float) sigmoid(logit);
      labels[i] = random.nextDouble() < sigmoid(logit) ? 1 : 0;
      candidate[i] = (float) sigmoid(logit + noise * random.nextGaussian() + shift);
    }
    return new ScoredBatch(labels, weights, candidate, reference);
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /**
   * A gate that has seen how a sound candidate differs, and moves its reference next after four.
   */
  private Gate settled(GateSettings settings) {
    Gate gate = Gate.start(settings);
    for (int round = 0; round < SETTLING; round++) {
      assertThat(round(gate, 0.1, 0).outcome()).isEqualTo(Outcome.PASSED);
    }
    return gate;
  }

  private Verdict round(Gate gate, double noise, double shift) {
    gate.add(batch(256, noise, shift));
    return gate.judge();
  }

  @Test
  void candidatesThatAreAsGoodPassAndTheReferenceMovesOnWhenItWasHeldLongEnough() {
    Gate gate = settled(settings());
    for (int round = 1; round <= 400; round++) {
      Verdict verdict = round(gate, 0.1, 0);
      assertThat(verdict)
          .isEqualTo(new Verdict(Outcome.PASSED, null, "", round % settings().hold() == 0));
    }
    assertThat(gate.totals()).isEqualTo(new Gate.Totals(SETTLING + 400, 0, 0));
  }

  @Test
  void aCandidateThatLostWhatItKnewIsRefusedWithTheEvidenceOfAThousandExamples() {
    Gate gate = settled(settings());
    for (int batch = 0; batch < 4; batch++) {
      gate.add(batch(256, 3, 0));
    }
    Verdict verdict = gate.judge();
    assertThat(verdict.outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(verdict.movesReference()).isFalse();
    assertThat(verdict.text())
        .matches(
            "refused: worse, log loss \\d\\.\\d{4} against 0\\.\\d{4}, 1024 examples,"
                + " evidence e\\^\\d+\\.\\d of e\\^12\\.6");
    assertThat(gate.totals()).isEqualTo(new Gate.Totals(SETTLING, 1, 0));
  }

  @Test
  void evidenceOfSmallDamageGathersAgainstAReferenceThatIsHeldMeanwhile() {
    GateSettings settings = new GateSettings(true, 0.01, 3, 100_000, 4, 2, 0);
    Gate gate = settled(settings);
    int rounds = 1;
    for (Verdict verdict = round(gate, 0.45, 0); verdict.outcome() == Outcome.PASSED; rounds++) {
      verdict = round(gate, 0.45, 0);
      if (verdict.outcome() == Outcome.REFUSED) {
        assertThat(verdict.reason()).isEqualTo(Reason.WORSE);
      }
    }
    assertThat(rounds).as("more than one round's evidence").isBetween(3, 40);
  }

  @Test
  void predictionsFarAboveOrBelowTheLabelsAreRefusedForThat() {
    for (double shift : new double[] {-1.5, 1.5}) {
      Gate gate = settled(new GateSettings(true, 10, 1.5, 100_000, 4, 2, 0));
      Verdict verdict = round(gate, 0, shift);
      for (int more = 0; more < 6 && verdict.outcome() == Outcome.PASSED; more++) {
        verdict = round(gate, 0, shift);
      }
      assertThat(verdict.outcome()).isEqualTo(Outcome.REFUSED);
      assertThat(verdict.reason()).isEqualTo(Reason.CALIBRATION);
      assertThat(verdict.text())
          .matches(
              "refused: calibration, mean prediction 0\\.\\d{4}, mean label 0\\.\\d{4}, \\d+ examples,"
                  + " evidence e\\^\\d+\\.\\d of e\\^12\\.6");
    }
  }

  @Test
  void aShiftWithinTheBandIsNoReasonToRefuse() {
    Gate gate = settled(new GateSettings(true, 0.2, 2, 100_000, 4, 2, 0));
    for (int round = 0; round < 200; round++) {
      assertThat(round(gate, 0, round % 2 == 0 ? 0.4 : -0.4).outcome()).isEqualTo(Outcome.PASSED);
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void oneValueThatIsNotFiniteRefusesAtOnceWhereverItStands(float value) {
    Gate gate = Gate.start(new GateSettings(true, 0.02, 1.5, 100_000, 4, 2, 3));
    gate.changed(NOTHING);
    gate.changed(
        new StateDelta(
            List.of(new Tensor("mlp.0.weight", new int[] {3}, new float[] {1, value, 2})),
            List.of()));
    assertThat(gate.judge().text())
        .isEqualTo("refused: finite, tensor mlp.0.weight holds %s at 1".formatted(value));
    gate.changed(
        new StateDelta(
            List.of(),
            List.of(
                new StateDelta.Rows(
                    "item", 2, new long[] {5, 6}, new float[] {1, 2, 3, value}, new long[0]))));
    assertThat(gate.judge().text())
        .isEqualTo("refused: finite, row 0000000000000006 of table item holds %s".formatted(value));
    ScoredBatch batch = batch(3, 0, 0);
    batch.candidate()[2] = value;
    gate.add(batch);
    assertThat(gate.judge().text()).isEqualTo("refused: finite, a prediction is " + value);
    gate.add(batch(3, 0, 0));
    assertThat(gate.judge().outcome()).as("and the next is sound again").isEqualTo(Outcome.PASSED);
  }

  /** Bad rounds until the gate no longer lets them pass. */
  private Verdict refusal(Gate gate) {
    for (int round = 0; round < 12; round++) {
      Verdict verdict = round(gate, 5, 0);
      if (verdict.outcome() != Outcome.PASSED) {
        return verdict;
      }
    }
    throw new AssertionError("twelve bad rounds passed");
  }

  @Test
  void afterRefusalsInARowTheGateStepsAsideAndJudgesAgainLater() {
    GateSettings settings = new GateSettings(true, 0.02, 1.5, 100_000, 16, 2, 20);
    Gate gate = settled(settings);
    assertThat(refusal(gate).outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(refusal(gate).outcome()).isEqualTo(Outcome.REFUSED);
    Verdict forced = refusal(gate);
    assertThat(forced.outcome()).isEqualTo(Outcome.FORCED);
    assertThat(forced.movesReference()).isTrue();
    assertThat(forced.text()).startsWith("forced: ");
    for (int round = 1; round <= 20; round++) {
      assertThat(round(gate, 5, 0)).isEqualTo(new Verdict(Outcome.FORCED, null, "", round == 16));
    }
    assertThat(gate.totals().forced()).isEqualTo(21);
    for (int round = 0; round < 200; round++) {
      round(gate, 0.1, 0);
    }
    assertThat(gate.totals().refused()).isEqualTo(2);
    assertThat(refusal(gate).outcome()).isEqualTo(Outcome.REFUSED);
  }

  @Test
  void refusalsWithProgressBetweenThemForceNothing() {
    Gate gate = settled(new GateSettings(true, 0.02, 1.5, 100_000, 16, 2, 0));
    for (int time = 0; time < 5; time++) {
      assertThat(refusal(gate).outcome()).isEqualTo(Outcome.REFUSED);
      for (int round = 0; round < 16; round++) {
        assertThat(round(gate, 0.1, 0).outcome()).isEqualTo(Outcome.PASSED);
      }
    }
  }

  @Test
  void whatIsSuspiciousHoldsTheReference() {
    Gate gate = settled(settings());
    int moved = 0;
    for (int round = 0; round < 4; round++) {
      moved += round(gate, round < 2 ? 0.1 : 1.1, 0).movesReference() ? 1 : 0;
    }
    assertThat(moved).isZero();
    for (int round = 0; round < 40; round++) {
      moved += round(gate, 0.1, 0).movesReference() ? 1 : 0;
    }
    assertThat(moved).as("until the suspicion is over").isBetween(4, 10);
  }

  @Test
  void whatIsNotFiniteIsNeverForced() {
    Gate gate = Gate.start(settings());
    for (int round = 0; round < 50; round++) {
      ScoredBatch batch = batch(3, 0, 0);
      batch.candidate()[0] = Float.NaN;
      gate.add(batch);
      assertThat(gate.judge().reason()).isEqualTo(Reason.FINITE);
    }
  }

  @Test
  void goesOnBitForBitWhereverItWasSaved() throws IOException {
    GateSettings settings = new GateSettings(true, 0.01, 1.5, 10, 4, 1, 2);
    Gate unbroken = Gate.start(settings);
    Gate resumed = Gate.start(settings);
    for (int round = 0; round < 250; round++) {
      for (int part = 0; part < 3; part++) {
        ScoredBatch batch = batch(150, round > 60 && round % 20 > 12 ? 3 : 0.2, 0);
        if (round == 77) {
          batch.candidate()[0] = Float.NaN;
        }
        unbroken.add(batch);
        resumed.add(batch);
        resumed = Gate.resume(settings, in(saved(resumed)));
      }
      assertThat(resumed.judge()).isEqualTo(unbroken.judge());
      resumed = Gate.resume(settings, in(saved(resumed)));
      assertThat(saved(resumed)).isEqualTo(saved(unbroken));
    }
    assertThat(unbroken.totals().refused()).isGreaterThan(2);
    assertThat(unbroken.totals().forced()).isGreaterThan(2);
  }

  private static byte[] saved(Gate gate) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    gate.save(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  private static DataInputStream in(byte[] bytes) {
    return new DataInputStream(new ByteArrayInputStream(bytes));
  }

  @Test
  void examplesOfNoWeightSayNothing() {
    Gate gate = settled(settings());
    for (int round = 0; round < 20; round++) {
      ScoredBatch bad = batch(256, 5, 0);
      Arrays.fill(bad.weights(), 0);
      gate.add(bad);
      assertThat(gate.judge().outcome()).isEqualTo(Outcome.PASSED);
    }
  }

  @Test
  void scoresThatDoNotBelongTogetherAreRefused() {
    float[] one = {0.5f};
    float[] two = {0.5f, 0.5f};
    assertThatThrownBy(() -> new ScoredBatch(one, one, one, two))
        .hasMessageContaining("got 1 labels, 1 weights, 1 and 2 predictions");
    assertThatThrownBy(() -> new ScoredBatch(new float[] {2}, one, one, one))
        .hasMessageContaining("got label 2.0, weight 0.5 and prediction 0.5 at 0");
    assertThatThrownBy(() -> new ScoredBatch(one, one, one, new float[] {Float.NaN}))
        .hasMessageContaining("prediction NaN at 0");
  }
}
