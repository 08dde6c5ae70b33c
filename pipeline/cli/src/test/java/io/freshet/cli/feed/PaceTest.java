package io.freshet.cli.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PaceTest {

  private static final long SECOND = 1_000_000_000;

  private long now = 7 * SECOND;

  /**
   * When each event goes, in nanoseconds since the first could, if the clock jumps to each turn.
   */
  private List<Long> departures(double perSecond, long... eventTimes) {
    long began = now;
    Pace pace = new Pace(perSecond, () -> now);
    List<Long> departures = new ArrayList<>();
    for (long eventTime : eventTimes) {
      now += Math.max(0, pace.nanosUntil(eventTime));
      pace.passed(eventTime);
      departures.add(now - began);
    }
    return departures;
  }

  @Test
  void eventsOfDifferentTimesAreSpreadEvenly() {
    assertThat(departures(4, 10, 20, 30)).isEqualTo(List.of(0L, SECOND / 4, SECOND / 2));
  }

  @Test
  void aPageIsShownAtOnceAndTheNextOneWaitsForTheTimeThatItTook() {
    assertThat(departures(4, 10, 10, 10, 20, 20))
        .isEqualTo(List.of(0L, 0L, 0L, 3 * SECOND / 4, 3 * SECOND / 4));
  }

  @Test
  void aLongRunOfOneTimeIsSpreadLikeAnyOther() {
    long[] times = new long[64];
    List<Long> departures = departures(4, times);
    assertThat(departures.subList(0, 32)).containsOnly(0L);
    assertThat(departures.get(32)).isEqualTo(8 * SECOND);
    assertThat(departures.get(63)).isEqualTo(8 * SECOND + 31 * SECOND / 4);
  }

  @Test
  void eventsWithoutATimeNeverGoTogether() {
    assertThat(departures(4, Pace.NO_TIME, Pace.NO_TIME)).isEqualTo(List.of(0L, SECOND / 4));
  }

  @Test
  void whatWasMissedIsCaughtUpWithUpToATenthOfASecond() {
    Pace pace = new Pace(100, () -> now);
    pace.passed(1);
    now += 10 * SECOND;
    int atOnce = 0;
    for (long time = 2; pace.nanosUntil(time) <= 0; time++) {
      pace.passed(time);
      atOnce++;
    }
    assertThat(atOnce).isBetween(10, 12);
  }

  @Test
  void noPaceNeverWaits() {
    assertThat(departures(Double.POSITIVE_INFINITY, 1, 2, 3)).isEqualTo(List.of(0L, 0L, 0L));
  }
}
