package io.freshet.scoring.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class FloatMathTest {

  @Test
  void expIsWithinTwoUnitsInTheLastPlace() {
    for (float x = -87f; x <= 88f; x += 0.00371f) {
      double truth = StrictMath.exp(x);
      assertThat(Math.abs(FloatMath.exp(x) - truth))
          .as("e^%s", x)
          .isLessThanOrEqualTo(2 * Math.ulp((float) truth));
    }
  }

  @Test
  void expStaysFiniteAndPositiveBeyondItsRange() {
    assertThat(FloatMath.exp(Float.NEGATIVE_INFINITY)).isEqualTo(FloatMath.exp(-87f)).isPositive();
    assertThat(FloatMath.exp(Float.POSITIVE_INFINITY)).isEqualTo(FloatMath.exp(88f)).isFinite();
    assertThat(FloatMath.exp(0f)).isEqualTo(1f);
    assertThat(FloatMath.exp(-0f)).isEqualTo(1f);
  }

  @Test
  void notANumberStaysNotANumber() {
    assertThat(FloatMath.exp(Float.NaN)).isNaN();
    assertThat(FloatMath.sigmoid(Float.NaN)).isNaN();
  }

  @Test
  void sigmoidIsAccurateInBothTails() {
    for (float x = -80f; x <= 80f; x += 0.0137f) {
      double truth = 1 / (1 + StrictMath.exp(-(double) x));
      assertThat((double) FloatMath.sigmoid(x)).isCloseTo(truth, within(4e-7 * truth));
    }
  }

  @Test
  void logarithmIsWithinTwoUnitsInTheLastPlace() {
    for (float x = 1e-30f; x < 1e30f; x *= 1.00137f) {
      double truth = StrictMath.log(x);
      double allowed = Math.max(2 * Math.ulp((float) truth), 1e-9);
      assertThat(Math.abs(FloatMath.ln(x) - truth)).as("ln %s", x).isLessThanOrEqualTo(allowed);
    }
    assertThat(FloatMath.ln(1f)).isZero();
  }

  /** Fixed bits, so that another machine, JVM or language can prove that it computes the same. */
  @Test
  void bitsAreFixed() {
    assertThat(bits(FloatMath.exp(1f))).isEqualTo("402df854");
    assertThat(bits(FloatMath.exp(-10.3f))).isEqualTo("380d1141");
    assertThat(bits(FloatMath.sigmoid(0.7f))).isEqualTo("3f2b0e5a");
    assertThat(bits(FloatMath.ln(3f))).isEqualTo("3f8c9f54");
  }

  private static String bits(float x) {
    return Integer.toHexString(Float.floatToRawIntBits(x));
  }
}
