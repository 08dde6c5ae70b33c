package io.freshet.scoring.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecimalTextTest {

  @ParameterizedTest
  @CsvSource({
    "3.0, 3",
    "-0.0, 0",
    "-17.5, -17.5",
    "0.1, 0.1",
    "1e-7, 0.0000001",
    "1e22, 10000000000000000000000",
    "9007199254740993, 9007199254740992",
    "0.30000000000000004, 0.30000000000000004",
    // JDK 17 writes 2.0E-3, and the next with a digit too many.
    "0.002, 0.002",
    "2e23, 200000000000000000000000",
  })
  void textIsTheShortestPlainDecimal(double value, String text) {
    assertThat(DecimalText.of(value)).isEqualTo(text);
  }

  @Test
  void textReadsBackAsTheSameDouble() {
    Random random = new Random(7);
    for (int i = 0; i < 2_000; i++) {
      double value = Double.longBitsToDouble(random.nextLong());
      if (Double.isFinite(value)) {
        assertThat(Double.parseDouble(DecimalText.of(value))).isEqualTo(value);
      }
    }
  }

  @Test
  void valueThatIsNotFiniteHasNoText() {
    assertThatThrownBy(() -> DecimalText.of(Double.NaN)).hasMessageContaining("got NaN");
  }
}
