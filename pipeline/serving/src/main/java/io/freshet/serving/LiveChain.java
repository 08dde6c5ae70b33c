package io.freshet.serving;

import io.freshet.modellog.Claims;
import io.freshet.modellog.LogEntry;
import io.freshet.modellog.ModelIndex;
import io.freshet.modellog.ModelIndex.AnchorPosition;
import io.freshet.modellog.Version;
import io.freshet.modellog.VersionFacts;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a log besides its versions: who took it over from where, what is committed, and
 * which anchors serve.
 */
final class LiveChain {

  private final Isolation isolation;
  private final @Nullable Version pinned;
  private final Claims claims = new Claims();
  private ModelIndex index = ModelIndex.EMPTY;
  private @Nullable Version committed;

  /**
   * @param pinned the only version that may be served; null = the freshest
   */
  LiveChain(Isolation isolation, @Nullable Version pinned) {
    this.isolation = isolation;
    this.pinned = pinned;
  }

  /** Takes over what the index says now. Returns whether that is news. */
  boolean learn(ModelIndex now) {
    if (now.equals(index)) {
      return false;
    }
    index = now;
    claims.addAll(now.claims());
    learn(now.committed());
    return true;
  }

  void learn(long offset, LogEntry.Claim claim) {
    claims.add(offset, claim);
  }

  void learn(@Nullable Version commit) {
    Version known = committed;
    if (commit != null && (known == null || commit.number() > known.number())) {
      committed = commit;
    }
  }

  /** The newest committed version. */
  @Nullable Version committed() {
    return committed;
  }

  /** Whether no claim takes back the version that was closed at {@code offset}. */
  boolean live(long offset, VersionFacts facts) {
    return live(offset, facts.version().number());
  }

  boolean live(long offset, long number) {
    return claims.live(offset, number);
  }

  /** The attempt that writes at {@code offset}, as far as known. */
  long epochAt(long offset) {
    return claims.epochAt(offset);
  }

  /** Offset of the newest claim after which everything begins anew, else the log's first. */
  long start() {
    return Math.max(0, claims.newestFreshStart());
  }

  /** Anchors that may be served and lie at {@code number} or above it, newest first. */
  List<AnchorPosition> anchors(long number) {
    List<AnchorPosition> usable = new ArrayList<>();
    for (AnchorPosition anchor : index.anchors()) {
      if (anchor.version().number() >= number && usable(anchor)) {
        usable.add(0, anchor);
      }
    }
    return usable;
  }

  private boolean usable(AnchorPosition anchor) {
    long number = anchor.version().number();
    Version limit = committed;
    return claims.live(anchor)
        && (pinned == null || number <= pinned.number())
        && (isolation == Isolation.SPECULATIVE || (limit != null && number <= limit.number()));
  }
}
