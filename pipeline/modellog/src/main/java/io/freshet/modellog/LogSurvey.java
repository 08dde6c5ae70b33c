package io.freshet.modellog;

import io.freshet.modellog.ModelIndex.AnchorPosition;
import io.freshet.modellog.ModelIndex.ClaimPosition;
import io.freshet.scoring.state.HashValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a new attempt must know of a log before it claims it, read from the newest anchor that
 * serves up to the end. Records of other writers than the attempts that the index lists do not
 * count.
 *
 * @param newestLive the version that a reader of everything would hold
 * @param baseHash state hash of the asked base; null when the log has no such live version
 * @param baseManifest of the asked base
 * @param tail what was read for it
 */
record LogSurvey(
    long highestEpoch,
    long highestNumber,
    @Nullable Version newestLive,
    @Nullable Version committed,
    @Nullable HashValue baseHash,
    LogEntry.@Nullable Manifest baseManifest,
    Claims claims,
    Authors authors,
    LogTail tail,
    List<AnchorPosition> anchors,
    List<AnchorPosition> liveAnchors) {

  private static final Duration POLL = Duration.ofMillis(100);

  /**
   * @param base the version that is asked for; null for none
   * @param hash that the base is expected to have: of several manifests that name it, which others
   *     may have copied, the one with this hash counts
   */
  static LogSurvey of(LogFeed feed, @Nullable Version base, HashValue hash) {
    ModelIndex index = feed.index();
    Claims claims = new Claims();
    Authors authors = new Authors(index, claims);
    AnchorPosition start = startingPoint(index, claims, base);
    long from = start == null ? feed.beginning() : Math.max(feed.beginning(), start.baseOffset());
    TreeMap<Long, LogEntry.Manifest> manifests = new TreeMap<>();
    TreeMap<Long, Version> commits = new TreeMap<>();
    LogTail tail = new LogTail(from);
    long end = feed.end();
    feed.seek(from);
    while (feed.position() < end) {
      for (LogRecord record : feed.poll(POLL)) {
        tail.add(record);
        if (record.entry() instanceof LogEntry.Manifest manifest) {
          if (authors.wrote(record.offset(), manifest)) {
            manifests.put(record.offset(), manifest);
          }
        } else if (record.entry() instanceof LogEntry.Claim claim) {
          authors.learn(record.offset(), claim);
        } else if (record.entry() instanceof LogEntry.Commit commit) {
          commits.put(record.offset(), commit.version());
        }
      }
    }
    LogEntry.Manifest found = null;
    Version newest = start == null ? null : start.version();
    long highestNumber = newest == null ? 0 : newest.number();
    long highestEpoch = 0;
    for (var at : manifests.entrySet()) {
      Version version = at.getValue().facts().version();
      highestNumber = Math.max(highestNumber, version.number());
      highestEpoch = Math.max(highestEpoch, version.epoch());
      if (claims.live(at.getKey(), version.number())) {
        newest = later(newest, version);
        if (version.equals(base) && (found == null || !found.facts().stateHash().equals(hash))) {
          found = at.getValue();
        }
      }
    }
    if (found == null && start != null && start.version().equals(base)) {
      found = feed.anchorManifest(start);
    }
    for (ClaimPosition claim : claims.all()) {
      highestEpoch = Math.max(highestEpoch, claim.epoch());
      highestNumber = Math.max(highestNumber, claim.highestNumber());
    }
    Version committed = index.committed();
    if (index.equals(ModelIndex.EMPTY)) {
      for (var commit : commits.entrySet()) {
        // An explicit rewind takes back what was committed.
        if (claims.live(commit.getKey(), commit.getValue().number())) {
          committed = later(committed, commit.getValue());
        }
      }
    }
    return new LogSurvey(
        highestEpoch,
        highestNumber,
        newest,
        committed,
        found == null ? null : found.facts().stateHash(),
        found,
        claims,
        authors,
        tail,
        index.anchors(),
        index.anchors().stream().filter(claims::live).toList());
  }

  private static @Nullable AnchorPosition startingPoint(
      ModelIndex index, Claims claims, @Nullable Version base) {
    List<AnchorPosition> usable = new ArrayList<>();
    for (AnchorPosition anchor : index.anchors()) {
      boolean atOrBelow =
          base == null
              || anchor.version().equals(base)
              || anchor.version().number() < base.number();
      if (atOrBelow && claims.live(anchor)) {
        usable.add(anchor);
      }
    }
    return usable.isEmpty() ? null : usable.get(usable.size() - 1);
  }

  private static Version later(@Nullable Version one, Version other) {
    return one == null || one.number() < other.number() ? other : one;
  }
}
