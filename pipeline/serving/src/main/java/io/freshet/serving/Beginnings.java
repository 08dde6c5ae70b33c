package io.freshet.serving;

import io.freshet.modellog.LogEntry;
import io.freshet.modellog.LogFeed;
import io.freshet.modellog.ModelIndex.AnchorPosition;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where one may begin to build a state, so that everything up to the target can follow. */
final class Beginnings {

  private final LogFeed feed;
  private final LiveChain chain;
  private final Target target;

  Beginnings(LogFeed feed, LiveChain chain, Target target) {
    this.feed = feed;
    this.chain = chain;
    this.target = target;
  }

  /** Anchors at {@code least} or above from which one can go on, the best one first. */
  List<AnchorPosition> anchors(long least) {
    long beginning = feed.beginning();
    List<AnchorPosition> usable = new ArrayList<>();
    for (AnchorPosition anchor : chain.anchors(least)) {
      // Oldest first: a time is passed once, whatever later versions say of theirs.
      if (target.byTime() && target.beyond(feed.anchorManifest(anchor))) {
        break;
      }
      if (!target.beyond(anchor.version())) {
        usable.add(0, anchor);
      }
    }
    AnchorPosition best = usable.isEmpty() ? null : usable.get(0);
    if (target.fixed() && best != null && !isWhole(best) && best.baseOffset() < beginning) {
      // An older anchor cannot lead further, and this one may not be the last up to the target.
      return List.of();
    }
    usable.removeIf(anchor -> !isWhole(anchor) && anchor.baseOffset() < beginning);
    return usable;
  }

  /** Whether the anchor is what is asked for, so that nothing need follow it. */
  boolean isWhole(AnchorPosition anchor) {
    return anchor.version().equals(target.version());
  }

  /** The offset at which the chain starts; null when the log does not hold it any more. */
  @Nullable Long start() {
    long start = chain.start();
    return feed.beginning() <= start ? start : null;
  }

  /** What can be reached of the past, in words. */
  String reachable() {
    long beginning = feed.beginning();
    List<String> alone = new ArrayList<>();
    for (AnchorPosition anchor : chain.anchors(-1)) {
      LogEntry.Manifest manifest = feed.anchorManifest(anchor);
      if (anchor.baseOffset() >= beginning && start() == null) {
        return "the oldest from which every version can be reached is "
            + target.named(manifest)
            + (alone.isEmpty() ? "" : "; older ones only by name: " + String.join(", ", alone));
      }
      alone.add(String.valueOf(anchor.version()));
    }
    return start() == null
        ? "no version can be reached"
        : "the oldest that can be reached is the chain's first";
  }
}
