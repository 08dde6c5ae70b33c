package io.freshet.job.timeline;

import io.freshet.scoring.feature.PastIds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A user's histories as of an event time, in the two forms in which they leave: as ids for
 * learners, and as encoded entries for the feature topic. An entry is encoded once, when it enters;
 * from then on bytes are copied. Immutable: examples share its arrays.
 *
 * @param kept by index of the plan's histories, up to the last one that holds something
 * @param past the same entries as ids
 * @param lastTime event time of the last change
 */
public record UserHistory(List<Kept> kept, PastIds past, long lastTime) {

  static final UserHistory EMPTY = new UserHistory(List.of(), PastIds.NONE, Long.MIN_VALUE);

  public UserHistory {
    kept = List.copyOf(kept);
  }

  /**
   * One history's entries, oldest first.
   *
   * @param entries Avro of {@code HistoryEntry}, one after the other
   * @param sizes bytes of each entry
   */
  @SuppressWarnings("ArrayRecordComponent") // never changed, and compared by nobody
  public record Kept(byte[] entries, int[] sizes) {

    static final Kept NONE = new Kept(new byte[0], new int[0]);

    Kept with(byte[] entry, int length) {
      int gone = Math.max(0, sizes.length + 1 - length);
      int goneBytes = 0;
      for (int i = 0; i < gone; i++) {
        goneBytes += sizes[i];
      }
      int stay = sizes.length - gone;
      int stayBytes = entries.length - goneBytes;
      byte[] longer = new byte[stayBytes + entry.length];
      System.arraycopy(entries, goneBytes, longer, 0, stayBytes);
      System.arraycopy(entry, 0, longer, stayBytes, entry.length);
      int[] longerSizes = Arrays.copyOfRange(sizes, gone, gone + stay + 1);
      longerSizes[stay] = entry.length;
      return new Kept(longer, longerSizes);
    }
  }

  /**
   * The histories after an entry.
   *
   * @param history index in the plan
   * @param ids and {@code entry} are the entry in both forms
   * @param length the newest so many entries stay
   */
  UserHistory with(int history, long[] ids, byte[] entry, int length, long eventTime) {
    List<Kept> changed = new ArrayList<>(kept);
    while (changed.size() <= history) {
      changed.add(Kept.NONE);
    }
    changed.set(history, changed.get(history).with(entry, length));
    return new UserHistory(changed, past.with(history, ids, length), Math.max(lastTime, eventTime));
  }
}
