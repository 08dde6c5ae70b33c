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
import java.util.function.LongSupplier;
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
final class Follower implements Intake.Entries {

  private final LogFeed feed;
  private final TwinStates served;
  private final Rebuild rebuild;
  private final Scrub scrub;
  private final Intake intake;
  private final Beginnings beginnings;
  private final Aim aim;
  private final Isolation isolation;
  private final Target target;
  private final ReaderEvents events;
  private final LiveChain chain;
  private final Uncommitted uncommitted = new Uncommitted();

  private Mode mode = Mode.REBUILDING;
  private boolean begun;
  private long failedNumber = -1;
  private long failedOffset;
  private boolean rebuildDue;
  private boolean activeRetracted;
  private boolean behind;
  private long deltaBytes;

  /**
   * @param nanos that pass, a clock for distances
   */
  Follower(
      LogFeed feed,
      Function<String, ScoringModel> models,
      ServingPair pair,
      ReaderOptions options,
      LongSupplier nanos,
      ReaderEvents events) {
    this.feed = feed;
    this.isolation = options.isolation();
    this.target = options.target();
    this.events = events;
    this.chain = new LiveChain(isolation);
    UndoLimit limit =
        isolation == Isolation.SPECULATIVE && !target.fixed()
            ? options.undoLimit()
            : UndoLimit.NOTHING;
    this.served = new TwinStates(pair, new UndoLog(limit), events);
    this.rebuild = new Rebuild(feed, models, () -> new UndoLog(limit));
    this.scrub = new Scrub(served, options.scrubPeriod(), nanos);
    this.intake = new Intake(feed, chain, events);
    this.beginnings = new Beginnings(feed, chain, target);
    this.aim = new Aim(target, chain, beginnings, events);
  }

  Mode mode() {
    return mode;
  }

  boolean activeRetracted() {
    return activeRetracted;
  }

  Counts counts() {
    return new Counts(
        scrub.passes(),
        scrub.findings(),
        deltaBytes,
        rebuild.anchorBytes(),
        intake.unreadable(),
        intake.foreign());
  }

  /** Reads what there is, or waits for it up to {@code timeout}. */
  void step(Duration timeout) {
    if (!begun) {
      begun = true;
      indexed();
      beginRebuild();
    }
    try {
      for (LogRecord record : feed.poll(timeout)) {
        intake.accept(record, this);
        if (rebuildDue) {
          break;
        }
      }
    } catch (LostOffset e) {
      refuse(null, e.getMessage(), true);
      behind = true;
      rebuildDue = true;
    }
    indexed();
    scrub.slice();
    rebuildDue |= served.suspect() && mode == Mode.FOLLOWING;
    if (rebuildDue) {
      rebuildDue = false;
      beginRebuild();
    }
    if (mode == Mode.REBUILDING && rebuild.side() != null && rebuild.caughtUp()) {
      showBuilt();
      if (target.version() != null && mode == Mode.REBUILDING) {
        aim.miss();
      }
    }
  }

  @Override
  public void indexed() {
    if (chain.learn(feed.index())) {
      claimed();
      committed();
      if (mode == Mode.FOLLOWING) {
        chain.forgetBefore(feed.position());
      }
      rebuildDue |= intake.wronged();
      if (mode == Mode.WAITING && !aim.unreachable()) {
        rebuildDue |= !beginnings.anchors(failedNumber).isEmpty();
      }
    }
  }

  @Override
  public void committed() {
    served.committed(chain.committed());
    rebuild.undo().forgetUpTo(chain.committed());
    applyCommitted();
  }

  /** Lets go of what the known claims take back, and goes back to what they leave. */
  @Override
  public void claimed() {
    uncommitted.removeIf(pending -> !chain.live(pending.offset(), pending.manifest().facts()));
    boolean failureGone = failedNumber >= 0 && !chain.live(failedOffset, failedNumber);
    failedNumber = failureGone ? -1 : failedNumber;
    Side active = served.active();
    activeRetracted = active != null && !live(active);
    if (activeRetracted && served.undo(this::leadsToLife)) {
      activeRetracted = false;
      if (mode == Mode.WAITING) {
        mode = Mode.FOLLOWING;
        behind = false;
      }
    }
    Side built = rebuild.side();
    if (mode == Mode.WAITING) {
      rebuildDue |= failureGone || active == null || activeRetracted;
    } else if (mode == Mode.FOLLOWING) {
      rebuildDue |= activeRetracted;
    } else if (built != null && !live(built)) {
      rebuildDue |= !rebuild.undo(this::leadsToLife);
    }
  }

  private boolean live(Side side) {
    return chain.live(side.offset(), side.facts());
  }

  private boolean leadsToLife(UndoLog.Step step) {
    return chain.live(step.baseOffset(), step.base().facts());
  }

  @Override
  public void version(long offset, LogEntry.Manifest manifest, Payload chunks) {
    VersionFacts facts = manifest.facts();
    VersionFacts held = held();
    boolean known = held != null && facts.version().number() <= held.version().number();
    if (known || !chain.live(offset, facts)) {
      return;
    }
    if (aim.beyond(offset, manifest)) {
      passTarget();
      return;
    }
    boolean whole = facts.parent() == null;
    if (mode == Mode.WAITING && !whole && !continues(held, facts)) {
      return;
    }
    if (isolation == Isolation.COMMITTED) {
      uncommitted.add(new Uncommitted.Waiting(offset, manifest, chunks));
      applyCommitted();
    } else {
      apply(offset, manifest, chunks);
    }
  }

  /** The log goes on beyond the target: what is built is it, or there is no such version. */
  private void passTarget() {
    if (mode == Mode.REBUILDING && uncommitted.isEmpty()) {
      showBuilt();
      if (served.active() == null) {
        aim.giveUp();
      }
    }
  }

  private static boolean continues(@Nullable VersionFacts held, VersionFacts next) {
    return held != null
        && held.version().equals(next.parent())
        && held.stateHash().equals(next.parentHash());
  }

  private void applyCommitted() {
    Version limit = chain.committed();
    if (limit == null) {
      return;
    }
    if (uncommitted.dropped()) {
      VersionFacts held = held();
      rebuildDue |= held == null || limit.number() > held.version().number();
      return;
    }
    Uncommitted.Waiting next = rebuildDue ? null : uncommitted.next(limit.number());
    while (next != null) {
      apply(next.offset(), next.manifest(), next.payload());
      next = rebuildDue ? null : uncommitted.next(limit.number());
    }
  }

  private @Nullable VersionFacts held() {
    Side held = mode == Mode.REBUILDING ? rebuild.side() : served.active();
    return held == null ? null : held.facts();
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
      if (mode == Mode.WAITING) {
        mode = Mode.FOLLOWING;
        behind = false;
        events.healed(manifest.facts());
      }
      activeRetracted &= mode != Mode.FOLLOWING;
      failedNumber = version.number() >= failedNumber ? -1 : failedNumber;
      chain.learnWriter(manifest);
      intake.proven();
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
          ? rebuild.apply(manifest, delta, offset, chain.committed())
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

  /** A version without a parent may follow whatever is held. */
  private @Nullable String applyWhole(LogEntry.Manifest manifest, StateDelta delta, long offset) {
    String problem = rebuild.applyWhole(manifest, delta, offset);
    if (problem == null && mode != Mode.REBUILDING) {
      mode = Mode.REBUILDING;
      showBuilt();
    }
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
    }
    if (mode == Mode.REBUILDING) {
      showBuilt();
    }
    if (again) {
      rebuild.drop();
      mode = Mode.WAITING;
    }
    rebuildDue |= !again || !beginnings.anchors(failedNumber).isEmpty();
  }

  private void refuse(@Nullable Version version, @Nullable String reason, boolean gap) {
    events.refused(new Refusal(version, String.valueOf(reason)), gap);
  }

  private void beginRebuild() {
    boolean waited = mode == Mode.WAITING;
    mode = Mode.REBUILDING;
    intake.moved();
    uncommitted.clear();
    rebuild.begin();
    long least = waited ? failedNumber : -1;
    for (AnchorPosition anchor : beginnings.anchors(least)) {
      String problem = rebuild.load(anchor);
      if (problem == null) {
        feed.seek(beginnings.isWhole(anchor) ? feed.end() : anchor.baseOffset());
        return;
      }
      refuse(anchor.version(), "its anchor: " + problem, true);
    }
    Long start = beginnings.start();
    if (least < 0 && start != null) {
      feed.seek(start);
      return;
    }
    mode = Mode.WAITING;
    feed.seek(feed.end());
    if (target.fixed() && served.active() == null) {
      aim.giveUp();
    }
  }

  /** Shows what was built, unless what is served is newer and still good. */
  private void showBuilt() {
    Side built = rebuild.side();
    if (built == null) {
      return;
    }
    VersionFacts facts = built.facts();
    if (!target.allows(facts.version())) {
      return;
    }
    Side active = served.active();
    if (active != null
        && !activeRetracted
        && !served.suspect()
        && active.facts().version().number() >= facts.version().number()) {
      return;
    }
    chain.learnWriter(built.manifest());
    boolean heals = active != null && (activeRetracted || behind || served.suspect());
    mode = Mode.FOLLOWING;
    activeRetracted = false;
    behind = false;
    served.show(built, rebuild.undo());
    rebuild.drop();
    if (heals) {
      events.healed(facts);
    }
  }
}
