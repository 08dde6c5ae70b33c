package io.freshet.modellog;

import io.freshet.modellog.ModelIndex.AnchorPosition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a log keeps. Versions are deleted only below the newest anchor at or below the oldest
 * checkpoint that may still be restored, and never below two committed anchors. Anchors thin out:
 * the newest {@value #NEWEST} stay, of the last day the last of every hour, and of the last {@value
 * #DAYS} days the last of every day.
 */
final class Retention {

  static final int NEWEST = 12;
  private static final int DAYS = 30;
  private static final long HOUR_MS = 3_600_000L;
  private static final long DAY_MS = 24 * HOUR_MS;

  private Retention() {}

  /**
   * The anchor below which no version is needed any more.
   *
   * @param anchors live ones, oldest first
   * @param checkpoint the version of the oldest checkpoint that may be restored; null when it
   *     stands before all versions
   * @param committed the newest committed version
   * @return null while every version is needed
   */
  static @Nullable AnchorPosition lowest(
      List<AnchorPosition> anchors, @Nullable Version checkpoint, @Nullable Version committed) {
    if (checkpoint == null || committed == null) {
      return null;
    }
    AnchorPosition below = null;
    AnchorPosition lastCommitted = null;
    AnchorPosition secondCommitted = null;
    for (AnchorPosition anchor : anchors) {
      if (anchor.slots() == null) {
        continue;
      }
      if (anchor.version().number() <= checkpoint.number()) {
        below = anchor;
      }
      if (anchor.version().number() <= committed.number()) {
        secondCommitted = lastCommitted;
        lastCommitted = anchor;
      }
    }
    if (below == null || secondCommitted == null) {
      return null;
    }
    return below.version().number() < secondCommitted.version().number() ? below : secondCommitted;
  }

  /**
   * The anchors that stay.
   *
   * @param anchors oldest first
   * @param needed which of them stay in any case
   * @param now milliseconds since 1970 UTC
   */
  static List<AnchorPosition> kept(
      List<AnchorPosition> anchors, Predicate<AnchorPosition> needed, long now) {
    List<AnchorPosition> kept = new ArrayList<>();
    Set<Long> hours = new HashSet<>();
    Set<Long> days = new HashSet<>();
    for (int i = anchors.size() - 1; i >= 0; i--) {
      AnchorPosition anchor = anchors.get(i);
      long age = now - anchor.writtenAt();
      boolean lastOfHour = hours.add(Math.floorDiv(anchor.writtenAt(), HOUR_MS)) && age < DAY_MS;
      boolean lastOfDay =
          days.add(Math.floorDiv(anchor.writtenAt(), DAY_MS)) && age < DAYS * DAY_MS;
      if (needed.test(anchor) || anchors.size() - i <= NEWEST || lastOfHour || lastOfDay) {
        kept.add(0, anchor);
      }
    }
    return kept;
  }
}
