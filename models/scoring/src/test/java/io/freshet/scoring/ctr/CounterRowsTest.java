package io.freshet.scoring.ctr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class CounterRowsTest {

  private static final long HOUR = 3_600_000L;
  private static final List<Long> HALF_LIVES = List.of(HOUR, 24 * HOUR);
  private static final float[] BASE = {1f, 10f};
  private static final long START = 1_700_000_000_123L;
  private static final int OFFSET = 3;

  private final CounterRows counters = new CounterRows(HALF_LIVES);
  private final float[] row = new float[OFFSET + counters.width()];

  private float[] read(long time) {
    float[] values = new float[counters.values()];
    counters.read(row, OFFSET, time, BASE, values, 0);
    return values;
  }

  @Test
  void anUnseenIdHasThePriorRateAndNoHistory() {
    float[] values = read(START);
    double prior = Math.log(0.1 / 0.9);
    for (int h = 0; h < 3; h++) {
      assertThat((double) values[h]).isCloseTo(prior, within(1e-6));
    }
    assertThat(values[3]).isZero();
    assertThat(values[4]).isZero();
    assertThat(values[5]).isZero();
    assertThat(counters.seen(row, OFFSET)).isFalse();
  }

  @Test
  void sumsHalveWithinTheirHalfLives() {
    counters.update(row, OFFSET, 1f, START);
    float[] values = read(START + 24 * HOUR);
    double after24 = Math.pow(2, -24);
    assertThat((double) values[0]).isCloseTo(Math.log((after24 + 0.5) / 4.5), within(1e-6));
    assertThat((double) values[1]).isCloseTo(Math.log((0.5 + 0.5) / 4.5), within(1e-6));
    assertThat((double) values[2]).isCloseTo(Math.log(1.5 / 4.5), within(1e-6));
    assertThat((double) values[3]).isCloseTo(Math.log(2), within(1e-6));
    assertThat((double) values[4]).isCloseTo(Math.log(25), within(1e-6));
    assertThat((double) values[5]).isCloseTo(Math.log(25), within(1e-6));
  }

  @Test
  void countingInStepsEqualsCountingByTheFormula() {
    Random random = new Random(1);
    double[] positives = new double[3];
    double[] totals = new double[3];
    long time = START;
    for (int n = 0; n < 300; n++) {
      long gap = n == 0 ? 0 : (long) random.nextInt(2) * random.nextInt(5_000_000);
      time += gap;
      float label = random.nextInt(4) == 0 ? 1f : 0f;
      counters.update(row, OFFSET, label, time);
      for (int h = 0; h < 3; h++) {
        double kept = h == 2 ? 1 : Math.pow(2, -(double) gap / HALF_LIVES.get(h));
        positives[h] = positives[h] * kept + label;
        totals[h] = totals[h] * kept + 1;
      }
    }
    float[] values = read(time);
    for (int h = 0; h < 3; h++) {
      double expected = Math.log((positives[h] + 0.5) / (totals[h] - positives[h] + 4.5));
      assertThat((double) values[h]).isCloseTo(expected, within(1e-5));
    }
    assertThat((double) values[3]).isCloseTo(Math.log(301), within(1e-5));
    assertThat((double) values[4]).isCloseTo(Math.log(1 + (time - START) / 3.6e6), within(1e-5));
    assertThat(values[5]).isZero();
    assertThat(counters.lastUpdate(row, OFFSET)).isEqualTo(time);
  }

  @Test
  void timesAreHeldToTheMillisecond() {
    for (long time : new long[] {0, 1, -1, START, START + 1, 4_102_444_799_999L}) {
      float[] fresh = new float[counters.width()];
      counters.update(fresh, 0, 0f, time);
      assertThat(counters.lastUpdate(fresh, 0)).isEqualTo(time);
    }
  }

  @Test
  void timesBeyondWhatAFloatHoldsAreCutAndStayOrdered() {
    float[] fresh = new float[counters.width()];
    counters.update(fresh, 0, 1f, Long.MIN_VALUE / 4);
    counters.update(fresh, 0, 1f, Long.MAX_VALUE / 4);
    assertThat(counters.lastUpdate(fresh, 0)).isEqualTo(((1L << 24) - 1) * HOUR);
    float[] values = new float[counters.values()];
    counters.read(fresh, 0, Long.MAX_VALUE / 4, BASE, values, 0);
    for (float value : values) {
      assertThat(value).isFinite();
    }
  }

  @Test
  void timeNeverRunsBackwards() {
    counters.update(row, OFFSET, 1f, START);
    float[] atStart = read(START);
    assertThat(read(START - 100 * HOUR)).isEqualTo(atStart);
    counters.update(row, OFFSET, 1f, START - HOUR);
    assertThat(counters.lastUpdate(row, OFFSET)).isEqualTo(START);
    assertThat(row[OFFSET]).isEqualTo(2f);
    assertThat((double) read(START + HOUR)[4]).isCloseTo(Math.log(2), within(1e-6));
  }

  @Test
  void countsGoOnWhereAFloatNoLongerCountsByOne() {
    int total = OFFSET + 2 * HALF_LIVES.size() + 1;
    counters.update(row, OFFSET, 0f, START);
    row[total] = 0x1p24f - 2;
    row[total - 1] = 0x1p22f;
    counters.update(row, OFFSET, 1f, START);
    assertThat(row[total]).isEqualTo(0x1p24f - 1);
    counters.update(row, OFFSET, 0f, START);
    assertThat(row[total]).isEqualTo(0x1p23f);
    assertThat(row[total - 1]).isEqualTo(0x1p21f + 0.5f);
  }

  @Test
  void theBaseRateForgetsByHalvesAndKeepsItsRatio() {
    float[] base = BASE.clone();
    for (int n = 0; n < 400_000; n++) {
      CounterRows.updateBase(base, n % 5 == 0 ? 1f : 0f);
      assertThat(base[1]).isLessThan(100_001f);
    }
    assertThat((double) base[0] / base[1]).isCloseTo(0.2, within(1e-3));
    assertThat(base[1]).isGreaterThan(50_000f);
  }

  @Test
  void neighboursOfARowAreLeftAlone() {
    float[] wide = new float[counters.width() + 4];
    counters.update(wide, 2, 1f, START);
    counters.update(wide, 2, 0f, START + HOUR);
    assertThat(wide[0] + wide[1]).isZero();
    assertThat(wide[wide.length - 1] + wide[wide.length - 2]).isZero();
  }
}
