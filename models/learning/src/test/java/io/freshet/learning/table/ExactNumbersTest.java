package io.freshet.learning.table;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExactNumbersTest {

  @ParameterizedTest
  @ValueSource(
      longs = {
        0,
        1,
        -1,
        Long.MIN_VALUE,
        Long.MAX_VALUE,
        0x7FF0_0000_0000_0001L, // a signalling NaN as a double
        0x7F80_0001_FF80_0001L // two signalling NaNs as floats
      })
  void everyBitOfALongSurvivesAsFloatsOfWhichNoneIsANaN(long bits) {
    float[] floats = new float[6];
    ExactNumbers.write(bits, floats, 1);
    assertThat(ExactNumbers.read(floats, 1)).isEqualTo(bits);
    for (float part : floats) {
      assertThat(part).isBetween(0f, 65_535f);
    }
  }
}
