package io.freshet.learning.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IdCountersTest {

  private static final long HOUR = 3_600_000;
  private static final List<Long> HALF_LIVES = List.of(HOUR, 24 * HOUR);

  private record Seen(float label, float weight, long time) {}

  @Test
  void theValuesAreThoseOfAllLabelsDecayedOneByOne() {
    Random random = new Random(3);
    IdCounters counters = new IdCounters(HALF_LIVES, 100);
    List<Seen> all = new ArrayList<>();
    long time = 0;
    for (int i = 0; i < 80; i++) {
      time += random.nextInt(3) * HOUR / 2;
      Seen seen = new Seen(random.nextInt(3) == 0 ? 1 : 0, random.nextBoolean() ? 1 : 0.5f, time);
      counters.learn(42, seen.label, seen.weight, seen.time);
      counters.learn(43, 1, 1, seen.time);
      all.add(seen);
      long question = time + random.nextInt(5) * HOUR;
      float[] values = read(counters, 42, question, 0.1);
      for (int h = 0; h < 2; h++) {
        assertThat(values[h]).isCloseTo(slowRate(all, HALF_LIVES.get(h), question), within(1e-5f));
      }
      assertThat(values[2])
          .isCloseTo(slowRate(all, Double.POSITIVE_INFINITY, question), within(1e-5f));
      double total = all.stream().mapToDouble(Seen::weight).sum();
      assertThat(values[3]).isCloseTo((float) Math.log1p(total), within(1e-5f));
      assertThat(values[4]).isCloseTo(hours(question - all.get(0).time), within(1e-5f));
      assertThat(values[5]).isCloseTo(hours(question - time), within(1e-5f));
    }
  }

  private static float slowRate(List<Seen> all, double halfLife, long question) {
    double positives = 0;
    double total = 0;
    for (Seen seen : all) {
      double kept = seen.weight * Math.pow(0.5, (question - seen.time) / halfLife);
      positives += kept * seen.label;
      total += kept;
    }
    return (float) Math.log((positives + 5 * 0.1) / (total - positives + 5 * 0.9));
  }

  private static float hours(long ms) {
    return (float) Math.log1p((double) ms / HOUR);
  }

  @Test
  void anUnknownIdHasTheBaseRateAndNoAge() {
    float[] values = read(new IdCounters(HALF_LIVES, 100), 7, 5 * HOUR, 0.2);
    float base = (float) Math.log(0.2 / 0.8);
    assertThat(values).containsExactly(new float[] {base, base, base, 0, 0, 0}, within(1e-6f));
  }

  @Test
  void timeNeverRunsBackwards() {
    IdCounters counters = new IdCounters(HALF_LIVES, 100);
    counters.learn(7, 1, 1, 10 * HOUR);
    float[] then = read(counters, 7, 10 * HOUR, 0.2);
    assertThat(read(counters, 7, 2 * HOUR, 0.2)).isEqualTo(then);
    counters.learn(7, 0, 1, 3 * HOUR);
    float[] after = read(counters, 7, 10 * HOUR, 0.2);
    // one positive and one negative, neither of them decayed, the last of them now
    float rate = (float) Math.log((1 + 5 * 0.2) / (1 + 5 * 0.8));
    float[] wanted = {rate, rate, rate, (float) Math.log(3), 0, 0};
    assertThat(after).containsExactly(wanted, within(1e-6f));
  }

  private static float[] read(IdCounters counters, long id, long time, double baseRate) {
    int count = IdCounters.values(HALF_LIVES.size());
    long[] bits = new long[count + 1];
    counters.read(id, time, baseRate, bits, 1);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = HashedInputs.value(bits[i + 1]);
    }
    return values;
  }
}
