package io.freshet.serving;

import io.freshet.modellog.LogEntry;
import io.freshet.modellog.LogFeed;
import io.freshet.modellog.LogRecord;
import io.freshet.modellog.LostOffset;
import io.freshet.modellog.ModelIndex.AnchorPosition;
import io.freshet.modellog.Payload;
import io.freshet.modellog.Version;
import io.freshet.modellog.VersionFacts;
import io.freshet.scoring.state.StateDelta;
import io.freshet.serving.ReaderStats.Mode;
import java.time.Duration;
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

  private final LogFeed feed;
  private final Function<String, ScoringModel> models;
  private final TwinStates served;
  private final AnchorLoader loader;
  private final Isolation isolation;
  private final @Nullable Version pinned;
  private final Events events;
  private final LiveChain chain;
  private final Uncommitted uncommitted = new Uncommitted();

  private Mode mode = Mode.REBUILDING;
  private boolean begun;
  private @Nullable Side building;
  private LogEntry.@Nullable Manifest lastBuilt;
  private long buildTarget;
  private @Nullable Payload payload;
  private long failedNumber = -1;
  private long failedOffset;
  private boolean rebuild;
  private boolean activeRetracted;
  private boolean behind;
  private boolean pinMissed;
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
    this.served = new TwinStates(pair, events);
    this.chain = new LiveChain(isolation, pinned);
    this.loader = new AnchorLoader(feed, models);
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
    if (learnIndex() && mode == Mode.WAITING && !chain.anchors(failedNumber).isEmpty()) {
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
    boolean news = chain.learn(feed.index());
    if (news) {
      retract();
    }
    return news;
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
      chain.learn(record.offset(), claim);
      retract();
    } else if (entry instanceof LogEntry.Commit commit) {
      chain.learn(commit.version());
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
    uncommitted.removeIf(pending -> !chain.live(pending.offset(), pending.manifest().facts()));
    if (failedNumber >= 0 && !chain.live(failedOffset, failedNumber)) {
      failedNumber = -1;
      rebuild |= mode == Mode.WAITING;
    }
    Side active = served.active();
    activeRetracted = active != null && !chain.live(active.offset(), active.facts());
    Side held = mode == Mode.REBUILDING ? building : active;
    rebuild |= held == null ? mode == Mode.WAITING : !chain.live(held.offset(), held.facts());
  }

  private void accept(long offset, LogEntry.Manifest manifest, Payload chunks) {
    Version version = manifest.facts().version();
    if (manifest.anchor() || manifest.writerEpoch() < chain.epochAt(offset)) {
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
        || !chain.live(offset, manifest.facts())) {
      return;
    }
    if (isolation == Isolation.COMMITTED) {
      uncommitted.add(new Uncommitted.Waiting(offset, manifest, chunks));
      applyCommitted();
    } else {
      apply(offset, manifest, chunks);
    }
  }

  private void applyCommitted() {
    Version limit = chain.committed();
    if (limit == null) {
      return;
    }
    if (uncommitted.dropped()) {
      VersionFacts held = held();
      rebuild |= held == null || limit.number() > held.version().number();
      return;
    }
    Uncommitted.Waiting next = rebuild ? null : uncommitted.next(limit.number());
    while (next != null) {
      apply(next.offset(), next.manifest(), next.payload());
      next = rebuild ? null : uncommitted.next(limit.number());
    }
  }

  private @Nullable VersionFacts held() {
    if (mode == Mode.REBUILDING) {
      return building == null ? null : building.facts();
    }
    Side active = served.active();
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
      activeRetracted &= mode != Mode.FOLLOWING;
      rebuild |= served.suspect();
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
          : served.apply(manifest, delta, offset);
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
    if (!chain.anchors(failedNumber).isEmpty()) {
      rebuild = true;
    }
  }

  private void refuse(@Nullable Version version, @Nullable String reason, boolean gap) {
    events.refused(new Refusal(version, String.valueOf(reason)), gap);
  }

  private void beginRebuild() {
    boolean waited = mode == Mode.WAITING;
    mode = Mode.REBUILDING;
    building = null;
    lastBuilt = null;
    payload = null;
    uncommitted.clear();
    buildTarget = feed.end();
    long least = waited ? failedNumber : -1;
    for (AnchorPosition anchor : chain.anchors(least)) {
      if (load(anchor)) {
        feed.seek(anchor.baseOffset());
        return;
      }
    }
    long start = chain.start();
    if (least < 0 && feed.beginning() <= start) {
      feed.seek(start);
      return;
    }
    mode = Mode.WAITING;
    feed.seek(feed.end());
  }

  private boolean load(AnchorPosition anchor) {
    AnchorLoader.Loaded loaded = loader.load(anchor);
    AnchorLoader.Built built = loaded.built();
    if (built == null) {
      refuse(anchor.version(), "its anchor: " + loaded.problem(), true);
      return false;
    }
    building = built.side();
    lastBuilt = built.manifest();
    anchorBytes += built.manifest().payloadBytes();
    return true;
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
    Side active = served.active();
    if (active != null
        && !activeRetracted
        && !served.suspect()
        && active.facts().version().number() >= version.number()) {
      return;
    }
    boolean heals = active != null && (activeRetracted || behind || served.suspect());
    building = null;
    lastBuilt = null;
    if (!served.show(built, manifest)) {
      refuse(version, "memory of the state just built has changed", true);
      rebuild = true;
      return;
    }
    mode = Mode.FOLLOWING;
    activeRetracted = false;
    behind = false;
    if (heals) {
      events.healed(manifest.facts());
    }
  }
}
