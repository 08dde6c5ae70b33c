package io.freshet.modellog;

import io.freshet.modellog.ModelIndex.AnchorPosition;
import io.freshet.modellog.ModelIndex.ClaimPosition;
import java.util.List;
import java.util.TreeMap;

/**
 * The claims of a log that are known so far, and with them which versions are on the live chain.
 * Numbers only ascend along a log, whatever the epochs; so a claim retracts exactly the versions
 * before it whose number is above its base's. Not thread-safe.
 */
public final class Claims {

  private final TreeMap<Long, ClaimPosition> byOffset = new TreeMap<>();

  public void add(ClaimPosition claim) {
    byOffset.put(claim.offset(), claim);
  }

  public void add(long offset, LogEntry.Claim claim) {
    add(ClaimPosition.of(offset, claim));
  }

  public void addAll(List<ClaimPosition> claims) {
    claims.forEach(this::add);
  }

  /** Lets go of those that lie before {@code offset}, where nobody reads any more. */
  public void forgetBefore(long offset) {
    byOffset.headMap(offset).clear();
  }

  /** Oldest first. */
  public List<ClaimPosition> all() {
    return List.copyOf(byOffset.values());
  }

  /**
   * Whether no known claim retracts the version {@code number} that was closed at {@code offset}.
   */
  public boolean live(long offset, long number) {
    for (ClaimPosition later : byOffset.tailMap(offset, false).values()) {
      if (later.base() == null || number > later.base().number()) {
        return false;
      }
    }
    return true;
  }

  /** Whether no known claim retracts the anchor's version. */
  public boolean live(AnchorPosition anchor) {
    return live(anchor.baseOffset() - 1, anchor.version().number());
  }

  /** Offset of the newest claim that starts a chain anew, or -1. */
  public long newestFreshStart() {
    for (ClaimPosition claim : byOffset.descendingMap().values()) {
      if (claim.base() == null) {
        return claim.offset();
      }
    }
    return -1;
  }

  /** The epoch that writes at {@code offset}, as far as known; 0 before every known claim. */
  public long epochAt(long offset) {
    var claim = byOffset.lowerEntry(offset);
    return claim == null ? 0 : claim.getValue().epoch();
  }
}
