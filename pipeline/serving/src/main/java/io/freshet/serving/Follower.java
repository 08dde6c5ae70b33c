package io.freshet.serving;

import io.freshet.modellog.Claims;
import io.freshet.modellog.LogEntry;
import io.freshet.modellog.LogFeed;
import io.freshet.modellog.LogRecord;
import io.freshet.modellog.LostOffset;
import io.freshet.modellog.ModelIndex;
import io.freshet.modellog.ModelIndex.AnchorPosition;
import io.freshet.modellog.Payload;
import io.freshet.modellog.Version;
import io.freshet.modellog.VersionFacts;
import io.freshet.scoring.state.StateDelta;
import io.freshet.serving.ReaderStats.Mode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads one model's log and keeps a {@link ServingPair} at its newest provable version.
 *
 * <p>A version is applied only if its parent is what is held, its chunks are those that the
 * manifest names, and the state hash comes out of this memory. After anything else the reader goes
 * on serving what it has and builds a state anew, from the newest anchor that no claim retracts and
 * that helps, or from the chain's start; it shows that state once it has caught up. If the same
 * version fails again, it waits for an anchor at or above it.
 *
 * <p>Confined to one thread, but for the pair.
 */
final class Follower {

  /** What the follower reports as it goes; called on its thread. */
  interface Events {

    void swapped(Swap swap);

    /**
     * @param gap whether the chain could not be followed, or memory was found changed
     */
    void refused(Refusal refusal, boolean gap);

    void healed(VersionFacts facts);
  }

  private record Pending(long offset, LogEntry.Manifest manifest, Payload payload) {}

  private static final long MAX_UNCOMMITTED_BYTES = 256L * 1024 * 1024;

  private final LogFeed feed;
  private final Function<String, ScoringModel> models;
  private final ServingPair pair;
  private final Isolation isolation;
  private final @Nullable Version pinned;
  private final Events events;
  private final Claims claims = new Claims();
  private final Deque<Pending> uncommitted = new ArrayDeque<>();

  private Mode mode = Mode.REBUILDING;
  private boolean begun;
  private @Nullable Side idle;
  private @Nullable Side building;
  private LogEntry.@Nullable Manifest lastBuilt;
  private long buildTarget;
  private @Nullable Payload payload;
  private @Nullable ModelIndex seenIndex;
  private @Nullable Version committed;
  private long failedNumber = -1;
  private long failedOffset;
  private boolean rebuild;
  private boolean activeRetracted;
  private boolean activeSuspect;
  private boolean behind;
  private boolean pinMissed;
  private long uncommittedBytes;
  private boolean uncommittedDropped;
  private long deltaBytes;
  private long anchorBytes;
  private long unreadable;

  /**
   * @param pinned the only version that may be served; null = the freshest
   */
  Follower(
      LogFeed feed,
      Function<String, ScoringModel> models,
      ServingPair pair,
      Isolation isolation,
      @Nullable Version pinned,
      Events events) {
    this.feed = feed;
    this.models = models;
    this.pair = pair;
    this.isolation = isolation;
    this.pinned = pinned;
    this.events = events;
  }

  Mode mode() {
    return mode;
  }

  boolean activeRetracted() {
    return activeRetracted;
  }

  long deltaBytes() {
    return deltaBytes;
  }

  long anchorBytes() {
    return anchorBytes;
  }

  long unreadable() {
    return unreadable;
  }

  /** Reads what there is, or waits for it up to {@code timeout}. */
  void step(Duration timeout) {
    if (!begun) {
      begun = true;
      learnIndex();
      beginRebuild();
    }
    try {
      for (LogRecord record : feed.poll(timeout)) {
        accept(record);
        if (rebuild) {
          break;
        }
      }
    } catch (LostOffset e) {
      refuse(null, e.getMessage(), true);
      behind = true;
      rebuild = true;
    }
    if (learnIndex() && mode == Mode.WAITING && helpfulAnchor(failedNumber) != null) {
      rebuild = true;
    }
    if (rebuild) {
      rebuild = false;
      beginRebuild();
    }
    if (mode == Mode.REBUILDING && building != null && feed.position() >= buildTarget) {
      showBuilt();
      if (pinned != null && mode == Mode.REBUILDING && !pinMissed) {
        pinMissed = true;
        refuse(pinned, "it is pinned, but the live log does not hold it", false);
      }
    }
  }

  private boolean learnIndex() {
    ModelIndex index = feed.index();
    if (index.equals(seenIndex)) {
      return false;
    }
    seenIndex = index;
    claims.addAll(index.claims());
    learnCommit(index.committed());
    retract();
    return true;
  }

  private void learnCommit(@Nullable Version version) {
    Version known = committed;
    if (version != null && (known == null || version.number() > known.number())) {
      committed = version;
    }
  }

  private void accept(LogRecord record) {
    LogEntry entry = record.entry();
    if (entry instanceof LogEntry.Chunk chunk) {
      if (payload == null || !payload.version().equals(chunk.version()) || chunk.anchor()) {
        payload = new Payload(chunk.version(), false);
      }
      payload.add(chunk);
    } else if (entry instanceof LogEntry.Manifest manifest) {
      Payload chunks = payload == null ? new Payload(manifest.facts().version(), false) : payload;
      payload = null;
      accept(record.offset(), manifest, chunks);
    } else if (entry instanceof LogEntry.Claim claim) {
      claims.add(record.offset(), claim);
      retract();
    } else if (entry instanceof LogEntry.Commit commit) {
      learnCommit(commit.version());
      applyCommitted();
    } else if (entry instanceof LogEntry.Unreadable bytes) {
      unreadable++;
      refuse(
          null,
          "the record at offset %d must be readable: %s".formatted(record.offset(), bytes.reason()),
          false);
    }
  }

  /** Lets go of what the known claims take back. */
  private void retract() {
    uncommitted.removeIf(pending -> !live(pending.offset(), pending.manifest().facts()));
    if (failedNumber >= 0 && !claims.live(failedOffset, failedNumber)) {
      failedNumber = -1;
      rebuild |= mode == Mode.WAITING;
    }
    Side active = pair.active();
    activeRetracted = active != null && !live(active.offset(), active.facts());
    Side held = mode == Mode.REBUILDING ? building : active;
    rebuild |= held == null ? mode == Mode.WAITING : !live(held.offset(), held.facts());
  }

  private boolean live(long offset, VersionFacts facts) {
    return claims.live(offset, facts.version().number());
  }

  private void accept(long offset, LogEntry.Manifest manifest, Payload chunks) {
    Version version = manifest.facts().version();
    if (manifest.anchor() || manifest.writerEpoch() < claims.epochAt(offset)) {
      refuse(
          version,
          "a log must hold deltas of its newest attempt only, got %s of attempt %d at offset %d"
              .formatted(version, manifest.writerEpoch(), offset),
          false);
      return;
    }
    VersionFacts held = held();
    boolean known = held != null && version.number() <= held.version().number();
    boolean beyondPin = pinned != null && version.number() > pinned.number();
    boolean whole = manifest.facts().parent() == null;
    if (known
        || beyondPin
        || (mode == Mode.WAITING && !whole)
        || !claims.live(offset, version.number())) {
      return;
    }
    if (isolation == Isolation.COMMITTED) {
      hold(new Pending(offset, manifest, chunks));
      applyCommitted();
    } else {
      apply(offset, manifest, chunks);
    }
  }

  /** Keeps a version until its commit comes; beyond the limit it will be read again then. */
  private void hold(Pending pending) {
    uncommittedBytes += pending.manifest().payloadBytes();
    uncommittedDropped |= uncommittedBytes > MAX_UNCOMMITTED_BYTES;
    if (uncommittedDropped) {
      uncommitted.clear();
    } else {
      uncommitted.add(pending);
    }
  }

  private void applyCommitted() {
    Version limit = committed;
    if (uncommittedDropped && limit != null) {
      VersionFacts held = held();
      rebuild |= held == null || limit.number() > held.version().number();
      return;
    }
    while (limit != null
        && !rebuild
        && !uncommitted.isEmpty()
        && uncommitted.peek().manifest().facts().version().number() <= limit.number()) {
      Pending next = uncommitted.remove();
      uncommittedBytes -= next.manifest().payloadBytes();
      apply(next.offset(), next.manifest(), next.payload());
    }
  }

  private @Nullable VersionFacts held() {
    if (mode == Mode.REBUILDING) {
      return building == null ? null : building.facts();
    }
    Side active = pair.active();
    return active == null ? null : active.facts();
  }

  private void apply(long offset, LogEntry.Manifest manifest, Payload chunks) {
    Version version = manifest.facts().version();
    if (mode == Mode.REBUILDING && version.number() == failedNumber) {
      // What is proven so far must not be spoilt by a version that has failed before.
      showBuilt();
    }
    String problem = problem(manifest, chunks);
    if (problem == null) {
      problem = applyContent(offset, manifest, chunks);
    }
    if (problem == null) {
      deltaBytes += manifest.payloadBytes();
      failedNumber = version.number() >= failedNumber ? -1 : failedNumber;
    } else {
      failedOffset = offset;
      fail(version, problem);
    }
  }

  private @Nullable String applyContent(long offset, LogEntry.Manifest manifest, Payload chunks) {
    try {
      StateDelta delta = chunks.content();
      if (manifest.facts().parent() == null) {
        return applyWhole(manifest, delta, offset);
      }
      return mode == Mode.REBUILDING
          ? applyBuilding(manifest, delta, offset)
          : applyServing(manifest, delta, offset);
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  private @Nullable String problem(LogEntry.Manifest manifest, Payload chunks) {
    VersionFacts facts = manifest.facts();
    VersionFacts held = held();
    Version parent = facts.parent();
    if (parent == null) {
      return chunks.problem(manifest);
    }
    if (held == null || !held.version().equals(parent)) {
      return "its parent must be held, which is %s, got %s"
          .formatted(held == null ? "nothing" : held.version(), parent);
    }
    if (!held.stateHash().equals(facts.parentHash())) {
      return "its parent %s must have state hash %s, got %s"
          .formatted(parent, held.stateHash(), facts.parentHash());
    }
    return chunks.problem(manifest);
  }

  /** A version without a parent is a whole state: it may follow whatever is held. */
  private @Nullable String applyWhole(LogEntry.Manifest manifest, StateDelta delta, long offset) {
    Side side = Side.empty(models, manifest.facts().settings());
    String problem = side.apply(manifest, delta, offset);
    if (problem == null) {
      building = side;
      lastBuilt = manifest;
      if (mode != Mode.REBUILDING) {
        mode = Mode.REBUILDING;
        showBuilt();
      }
    }
    return problem;
  }

  private @Nullable String applyBuilding(
      LogEntry.Manifest manifest, StateDelta delta, long offset) {
    Side side = building;
    if (side == null) {
      return "there must be a state to apply it to";
    }
    String problem = side.apply(manifest, delta, offset);
    building = problem == null ? side : null;
    lastBuilt = problem == null ? manifest : null;
    return problem;
  }

  private @Nullable String applyServing(LogEntry.Manifest manifest, StateDelta delta, long offset) {
    Side active = pair.active();
    Side next = idle;
    if (active == null || next == null) {
      return "there must be two states to follow with";
    }
    String problem = next.apply(manifest, delta, offset);
    if (problem != null) {
      // Either this side's memory changed or the version is wrong: a proven copy of the other side
      // tells.
      next = active.provenCopy();
      if (next == null) {
        idle = null;
        activeSuspect = true;
        return "memory of %s has changed".formatted(active.facts().version());
      }
      String again = next.apply(manifest, delta, offset);
      if (again != null) {
        idle = active.provenCopy();
        return again;
      }
      refuse(manifest.facts().version(), problem + "; a copy of the other side has", true);
      events.healed(manifest.facts());
    }
    Side before = pair.swap(next);
    activeRetracted = false;
    events.swapped(swap(manifest, false));
    follow(before, next, manifest, delta, offset);
    return null;
  }

  /** Brings the side that was left to the same version. */
  private void follow(
      @Nullable Side before,
      Side active,
      LogEntry.Manifest manifest,
      StateDelta delta,
      long offset) {
    idle = before;
    String problem = before == null ? "it is missing" : before.apply(manifest, delta, offset);
    if (problem != null) {
      refuse(manifest.facts().version(), "the second state: " + problem, true);
      idle = active.provenCopy();
      if (idle == null) {
        activeSuspect = true;
        rebuild = true;
      } else {
        events.healed(manifest.facts());
      }
    }
  }

  private static Swap swap(LogEntry.Manifest manifest, boolean rebuilt) {
    return new Swap(
        manifest.facts(),
        rebuilt,
        manifest.changedRows(),
        manifest.payloadBytes(),
        manifest.publishedAt());
  }

  /**
   * The first failure of a version is answered by a rebuild, a further one by waiting for an
   * anchor.
   */
  private void fail(Version version, String problem) {
    behind = true;
    boolean again = version.number() == failedNumber;
    failedNumber = version.number();
    uncommitted.clear();
    if (!again) {
      refuse(version, problem, true);
      if (mode == Mode.REBUILDING && building != null) {
        showBuilt();
      }
      rebuild = true;
      return;
    }
    if (building != null) {
      showBuilt();
    }
    building = null;
    mode = Mode.WAITING;
    if (helpfulAnchor(failedNumber) != null) {
      rebuild = true;
    }
  }

  private void refuse(@Nullable Version version, @Nullable String reason, boolean gap) {
    events.refused(new Refusal(version, String.valueOf(reason)), gap);
  }

  /** The newest anchor that may be served and lies at {@code number} or above it. */
  private @Nullable AnchorPosition helpfulAnchor(long number) {
    List<AnchorPosition> anchors = feed.index().anchors();
    for (int i = anchors.size() - 1; i >= 0; i--) {
      AnchorPosition anchor = anchors.get(i);
      if (anchor.version().number() >= number && usable(anchor)) {
        return anchor;
      }
    }
    return null;
  }

  private boolean usable(AnchorPosition anchor) {
    long number = anchor.version().number();
    Version limit = committed;
    return claims.live(anchor)
        && (pinned == null || number <= pinned.number())
        && (isolation == Isolation.SPECULATIVE || (limit != null && number <= limit.number()));
  }

  private void beginRebuild() {
    boolean waited = mode == Mode.WAITING;
    mode = Mode.REBUILDING;
    building = null;
    lastBuilt = null;
    payload = null;
    uncommitted.clear();
    uncommittedBytes = 0;
    uncommittedDropped = false;
    buildTarget = feed.end();
    List<AnchorPosition> anchors = feed.index().anchors();
    long least = waited ? failedNumber : -1;
    for (int i = anchors.size() - 1; i >= 0; i--) {
      AnchorPosition anchor = anchors.get(i);
      if (anchor.version().number() >= least && usable(anchor) && load(anchor)) {
        feed.seek(anchor.baseOffset());
        return;
      }
    }
    long start = Math.max(0, claims.newestFreshStart());
    if (least < 0 && feed.beginning() <= start) {
      feed.seek(start);
      return;
    }
    mode = Mode.WAITING;
    feed.seek(feed.end());
  }

  private boolean load(AnchorPosition anchor) {
    try {
      LogEntry.Manifest manifest = feed.anchorManifest(anchor);
      Payload chunks = new Payload(anchor.version(), true);
      Side side = Side.empty(models, manifest.facts().settings());
      feed.readAnchor(
          anchor,
          entry -> {
            if (entry instanceof LogEntry.Chunk chunk) {
              side.applyPart(chunks.stream(chunk));
            }
          });
      String problem = chunks.problem(manifest);
      if (problem == null) {
        problem = side.apply(manifest, chunks.content(), anchor.baseOffset() - 1);
      }
      if (problem == null) {
        building = side;
        lastBuilt = manifest;
        anchorBytes += manifest.payloadBytes();
        return true;
      }
      refuse(anchor.version(), "its anchor: " + problem, true);
    } catch (LostOffset | IllegalArgumentException e) {
      refuse(anchor.version(), "its anchor: " + e.getMessage(), true);
    }
    return false;
  }

  /** Shows what was built, unless what is served is newer and still good. */
  private void showBuilt() {
    Side built = building;
    LogEntry.Manifest manifest = lastBuilt;
    if (built == null || manifest == null) {
      return;
    }
    Version version = built.facts().version();
    if (pinned != null && !version.equals(pinned)) {
      return;
    }
    Side active = pair.active();
    if (active != null
        && !activeRetracted
        && !activeSuspect
        && active.facts().version().number() >= version.number()) {
      return;
    }
    Side copy = built.provenCopy();
    if (copy == null) {
      refuse(version, "memory of the state just built has changed", true);
      rebuild = true;
      return;
    }
    boolean bad = activeRetracted || activeSuspect || behind;
    behind = false;
    building = null;
    lastBuilt = null;
    idle = null;
    Side before = pair.swap(built);
    idle = copy;
    mode = Mode.FOLLOWING;
    activeRetracted = false;
    activeSuspect = false;
    if (before != null && bad) {
      events.healed(built.facts());
    }
    events.swapped(swap(manifest, true));
  }
}
