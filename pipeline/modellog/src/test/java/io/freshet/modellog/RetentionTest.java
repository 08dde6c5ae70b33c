package io.freshet.modellog;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.modellog.ModelIndex.AnchorPosition;
import io.freshet.modellog.ModelIndex.SlotsPosition;
import io.freshet.scoring.state.HashValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetentionTest {

  private static final long NOW = Duration.ofDays(20_000).toMillis() + 5;

  @Test
  void versionsGoBelowTheNewestAnchorAtOrBelowTheOldestCheckpoint() {
    List<AnchorPosition> anchors = List.of(anchor(10, 0), anchor(20, 0), anchor(30, 0));
    assertThat(lowest(anchors, 15, 30)).isEqualTo(10);
    assertThat(lowest(anchors, 20, 30)).isEqualTo(20);
  }

  @Test
  void twoCommittedAnchorsStayHoweverNewTheCheckpointIs() {
    List<AnchorPosition> anchors = List.of(anchor(10, 0), anchor(20, 0), anchor(30, 0));
    assertThat(lowest(anchors, 35, 35)).isEqualTo(20);
    assertThat(lowest(anchors, 35, 25)).isEqualTo(10);
  }

  @Test
  void nothingGoesWithoutTwoCommittedAnchorsOrWithACheckpointBeforeAllVersions() {
    List<AnchorPosition> anchors = List.of(anchor(10, 0), anchor(20, 0));
    assertThat(Retention.lowest(anchors, new Version(1, 15), new Version(1, 15))).isNull();
    assertThat(Retention.lowest(anchors, null, new Version(1, 25))).isNull();
    assertThat(Retention.lowest(anchors, new Version(1, 25), null)).isNull();
  }

  @Test
  void anchorsThinOutToTheLastOfEveryHourAndThenOfEveryDay() {
    List<AnchorPosition> anchors = new ArrayList<>();
    int minutes = 40 * 24 * 60;
    for (int i = 0; i < minutes; i += 10) {
      anchors.add(anchor(i + 1, NOW - Duration.ofMinutes(minutes - i).toMillis()));
    }
    List<AnchorPosition> kept = Retention.kept(anchors, anchor -> false, NOW);
    assertThat(kept).hasSizeBetween(12 + 22 + 28, 12 + 24 + 30);
    assertThat(kept).isSubsetOf(anchors);
    assertThat(kept.get(kept.size() - 1)).isEqualTo(anchors.get(anchors.size() - 1));
    assertThat(Retention.kept(kept, anchor -> false, NOW)).as("a second time").isEqualTo(kept);
  }

  @Test
  void anchorsThatAreNeededStay() {
    List<AnchorPosition> anchors = new ArrayList<>();
    for (int i = 1; i <= 20; i++) {
      anchors.add(anchor(i, NOW - 60_000 + i));
    }
    List<AnchorPosition> kept =
        Retention.kept(anchors, anchor -> anchor.equals(anchors.get(2)), NOW);
    assertThat(kept)
        .startsWith(anchors.get(2), anchors.get(8))
        .endsWith(anchors.get(19))
        .hasSize(1 + 12);
  }

  private static long lowest(List<AnchorPosition> anchors, long checkpoint, long committed) {
    AnchorPosition lowest =
        Retention.lowest(anchors, new Version(1, checkpoint), new Version(1, committed));
    return lowest == null ? -1 : lowest.version().number();
  }

  private static AnchorPosition anchor(long number, long writtenAt) {
    return new AnchorPosition(
        new Version(1, number),
        HashValue.EMPTY,
        number,
        number,
        number,
        0,
        new SlotsPosition(number, number, number),
        "1." + number,
        1,
        writtenAt);
  }
}
