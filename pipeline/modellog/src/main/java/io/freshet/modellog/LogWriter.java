package io.freshet.modellog;

import io.freshet.modellog.LogMedium.Lane;
import io.freshet.modellog.LogMedium.Topic;
import io.freshet.modellog.ModelIndex.AnchorPosition;
import io.freshet.modellog.ModelIndex.ClaimPosition;
import io.freshet.modellog.ProtocolPoints.Point;
import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.LearnerDelta;
import io.freshet.scoring.state.LearnerState;
import io.freshet.scoring.state.StateDelta;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The rules of writing a model's log, over any medium. */
final class LogWriter implements ModelLog {

  /** Versions of which an anchor may still be asked for after they were published. */
  private static final int REMEMBERED_VERSIONS = 1024;

  private final String model;
  private final LogMedium medium;
  private final InstantSource clock;
  private final boolean rewind;
  private final ProtocolPoints points;
  private final String writer = UUID.randomUUID().toString();
  private final LogCodec codec;
  private final AnchorWriter anchors;
  private final Deque<Published> published = new ArrayDeque<>();
  private ChainSchema schema = ChainSchema.EMPTY;
  private List<ClaimPosition> claims = List.of();
  private @Nullable Version committed;
  private @Nullable Version tip;
  private HashValue tipHash = HashValue.EMPTY;
  private long epoch;
  private long highestAtClaim;
  private long lastNumber;
  private long deltas;
  private long deltaBytes;

  private final DecisionWriter decisions;
  private final DecisionCodec commandCodec;
  private long commandsRead;
  private @Nullable SlotsRecords slots;

  /** Kept from the claim on: to open another one takes longer than a rollback may. */
  private @Nullable LogFeed feed;

  /**
   * @param next offset in the log from which deltas go on
   * @param slotsNext offset in the slots topic from which the own state goes on
   */
  private record Published(
      Version version, HashValue stateHash, HashValue learnerHash, long next, long slotsNext) {}

  /**
   * @param rewind whether a claim may retract committed versions
   */
  LogWriter(
      String model,
      LogMedium medium,
      InstantSource clock,
      boolean rewind,
      ProtocolPoints points,
      AnchorWriter anchors) {
    this.model = model;
    this.medium = medium;
    this.clock = clock;
    this.rewind = rewind;
    this.points = points;
    this.codec = new LogCodec(model);
    this.anchors = anchors;
    this.decisions = new DecisionWriter(model, medium);
    this.commandCodec = new DecisionCodec(model);
  }

  @Override
  public long claim(@Nullable Version base, HashValue baseHash) {
    LogSurvey survey = survey(base, baseHash);
    requireNotBelowCommit(survey, base, base);
    requireBase(survey, base, baseHash);
    return claim(survey, base, baseHash, HashValue.EMPTY);
  }

  @Override
  public Restored restore(
      Cut checkpoint, Supplier<LearnerState> empty, @Nullable LearnerState saved) {
    Version base = checkpoint.version();
    LogSurvey survey = survey(base, checkpoint.versionHash());
    boolean onLog = base == null || checkpoint.versionHash().equals(survey.baseHash());
    if (!onLog && saved != null) {
      base = null;
    }
    requireNotBelowCommit(survey, base, checkpoint.version());
    requireBase(survey, base, base == null ? HashValue.EMPTY : checkpoint.versionHash());
    LogRebuild.Outcome rebuilt =
        onLog
            ? new LogRebuild(model, medium, empty).checkpoint(survey, checkpoint)
            : LogRebuild.Outcome.failed("it has no version " + checkpoint.version());
    LearnerState drained = rebuilt.drained();
    LearnerDelta undrained = rebuilt.undrained();
    if (drained != null && undrained != null) {
      claim(survey, base, checkpoint.versionHash(), drained.own().computeHash());
      repeatCommit(base);
      return new Restored(epoch, base != null, drained, undrained);
    }
    if (saved == null) {
      throw new BrokenLog(
          "the learner of checkpoint %s must be rebuilt from %s, but %s: start from an older checkpoint, or from a savepoint, which carries the whole state"
              .formatted(checkpoint.version(), medium.nameOf(Topic.LOG), rebuilt.problem()));
    }
    claim(survey, base, base == null ? HashValue.EMPTY : checkpoint.versionHash(), HashValue.EMPTY);
    repeatCommit(base);
    return new Restored(epoch, false, empty.get(), LearnerDelta.whole(saved));
  }

  /** A notification that got lost is made good here: what is restored from was complete. */
  private void repeatCommit(@Nullable Version base) {
    if (base != null) {
      commit(base);
    }
  }

  private LogSurvey survey(@Nullable Version base, HashValue baseHash) {
    if (epoch != 0) {
      throw new IllegalStateException(
          "a writer claims once, it has epoch %d of %s".formatted(epoch, medium.nameOf(Topic.LOG)));
    }
    medium.fence();
    LogFeed opened = medium.feed();
    feed = opened;
    return LogSurvey.of(opened, base, baseHash);
  }

  private long claim(
      LogSurvey survey, @Nullable Version base, HashValue baseHash, HashValue learnerHash) {
    Version last = survey.committed();
    boolean rewinds = last != null && (base == null || base.number() < last.number());
    committed = rewinds ? base : last;
    highestAtClaim = survey.highestNumber();
    lastNumber = highestAtClaim;
    tip = base;
    tipHash = baseHash;
    LogEntry.Manifest baseManifest = survey.baseManifest();
    schema = baseManifest == null ? ChainSchema.EMPTY : ChainSchema.of(baseManifest);
    long slotsEnd = medium.end(Topic.SLOTS);
    long next = survey.highestEpoch() + 1;
    LogEntry.Claim claim = new LogEntry.Claim(next, writer, base, baseHash, highestAtClaim);
    medium.transact(
        Lane.VERSIONS,
        sink -> {
          long offset = sink.send(Topic.LOG, model, codec.claim(claim, clock.millis())).getAsLong();
          survey.claims().add(offset, claim);
          claims = needed(survey);
          sink.send(Topic.INDEX, LogCodec.chainKey(model), codec.chainIndex(claims, committed));
          if (base != null) {
            published.add(new Published(base, baseHash, learnerHash, offset + 1, slotsEnd));
          }
        });
    epoch = next;
    slots = new SlotsRecords(model, epoch, writer);
    decisions.begin();
    List<AnchorPosition> live = new ArrayList<>(survey.liveAnchors());
    live.removeIf(anchor -> base == null || anchor.version().number() > base.number());
    anchors.begin(writer, next, survey.anchors(), live);
    points.reached(Point.CLAIMED);
    return epoch;
  }

  /**
   * Claims that lie above the oldest anchor, which is where a reader may begin, and the one just
   * written.
   */
  private static List<ClaimPosition> needed(LogSurvey survey) {
    List<ClaimPosition> all = survey.claims().all();
    long oldest = survey.liveAnchors().isEmpty() ? 0 : survey.liveAnchors().get(0).baseOffset();
    ClaimPosition last = all.get(all.size() - 1);
    return all.stream().filter(claim -> claim.offset() >= oldest || claim.equals(last)).toList();
  }

  /**
   * @param asked the version that the caller wanted for a base
   */
  private void requireNotBelowCommit(
      LogSurvey survey, @Nullable Version base, @Nullable Version asked) {
    Version last = survey.committed();
    if (last != null && !rewind && (base == null || base.number() < last.number())) {
      throw new BrokenLog(
          "the base of a claim on %s must not lie below the last committed version %s, got %s: start from the checkpoint of that version, or rewind explicitly"
              .formatted(medium.nameOf(Topic.LOG), last, asked == null ? "no base" : asked));
    }
  }

  private void requireBase(LogSurvey survey, @Nullable Version base, HashValue baseHash) {
    String log = medium.nameOf(Topic.LOG);
    if (base == null) {
      return;
    }
    HashValue onLog = survey.baseHash();
    if (onLog == null) {
      throw new BrokenLog(
          "the base %s of a claim must be a live version on %s, which has no such version (its newest live one is %s): start from a checkpoint that belongs to this log"
              .formatted(base, log, survey.newestLive()));
    }
    if (!onLog.equals(baseHash)) {
      throw new BrokenLog(
          "the base %s of a claim on %s must have the state hash %s that the log names, got %s: the checkpoint does not belong to this log"
              .formatted(base, log, onLog, baseHash));
    }
  }

  @Override
  public long highestNumber() {
    requireClaimed();
    return highestAtClaim;
  }

  @Override
  public void publish(VersionFacts facts, LearnerDelta delta) {
    requireClaimed();
    anchors.throwFailure();
    requireNext(facts);
    if (!facts.stateHash().equals(delta.servingHash())) {
      throw new IllegalArgumentException(
          "%s must have the state hash of its delta %s, got %s"
              .formatted(facts.version(), delta.servingHash(), facts.stateHash()));
    }
    ChainSchema extended =
        (facts.parent() == null ? ChainSchema.EMPTY : schema).with(facts, delta.serving());
    long bytes = append(facts, delta, extended);
    schema = extended;
    tip = facts.version();
    tipHash = facts.stateHash();
    lastNumber = facts.version().number();
    deltas++;
    deltaBytes += bytes;
  }

  private long append(VersionFacts facts, LearnerDelta delta, ChainSchema extended) {
    List<byte[]> values = new ArrayList<>();
    Chunker chunker =
        new Chunker(codec, model, facts.version(), false, Chunker.MAX_BYTES, values::add);
    chunker.delta(delta.serving());
    LogEntry.Manifest manifest =
        new LogEntry.Manifest(
            facts,
            false,
            epoch,
            writer,
            chunker.hashes(),
            chunker.bytes(),
            extended.tables(facts, chunker),
            extended.tensors(),
            clock.millis(),
            -1,
            delta.learnerHash());
    List<byte[]> own =
        claimedSlots().version(facts.version(), delta, facts.step(), manifest.publishedAt());
    byte[] last = codec.manifest(manifest, manifest.publishedAt());
    LongSupplier[] offsets = new LongSupplier[2];
    medium.transact(
        Lane.VERSIONS,
        sink -> {
          values.forEach(value -> sink.send(Topic.LOG, model, value));
          own.forEach(value -> offsets[1] = sink.send(Topic.SLOTS, model, value));
          points.reached(Point.CHUNKS_SENT);
          offsets[0] = sink.send(Topic.LOG, model, last);
        });
    if (published.size() == REMEMBERED_VERSIONS) {
      published.removeFirst();
    }
    published.addLast(
        new Published(
            facts.version(),
            facts.stateHash(),
            delta.learnerHash(),
            offsets[0].getAsLong() + 1,
            offsets[1].getAsLong() + 1));
    points.reached(Point.VERSION_WRITTEN);
    return chunker.bytes();
  }

  private SlotsRecords claimedSlots() {
    SlotsRecords records = slots;
    if (records == null) {
      throw notClaimed();
    }
    return records;
  }

  @Override
  public Cut cut(LearnerDelta undrained, long step) {
    requireClaimed();
    anchors.throwFailure();
    List<byte[]> values = claimedSlots().cut(tip, undrained, step, clock.millis());
    List<LongSupplier> offsets = new ArrayList<>();
    medium.transact(
        Lane.VERSIONS,
        sink -> values.forEach(value -> offsets.add(sink.send(Topic.SLOTS, model, value))));
    points.reached(Point.CUT_WRITTEN);
    return new Cut(
        tip,
        tipHash,
        undrained.servingHash(),
        undrained.learnerHash(),
        offsets.get(0).getAsLong(),
        offsets.get(offsets.size() - 1).getAsLong(),
        step);
  }

  private void requireNext(VersionFacts facts) {
    Version version = facts.version();
    if (version.epoch() != epoch || version.number() <= lastNumber) {
      throw new IllegalArgumentException(
          "the next version of %s must have epoch %d and a number above %d, got %s"
              .formatted(medium.nameOf(Topic.LOG), epoch, lastNumber, version));
    }
    Version parent = facts.parent();
    boolean first = lastNumber == highestAtClaim;
    if (parent == null && first && facts.parentHash().equals(HashValue.EMPTY)) {
      return;
    }
    if (parent == null || !parent.equals(tip) || !facts.parentHash().equals(tipHash)) {
      throw new IllegalArgumentException(
          "the parent of %s on %s must be %s with state hash %s, got %s with %s"
              .formatted(
                  version, medium.nameOf(Topic.LOG), tip, tipHash, parent, facts.parentHash()));
    }
  }

  @Override
  public void anchor(VersionFacts facts, LearnerState snapshot) {
    requireClaimed();
    anchors.throwFailure();
    Published found = null;
    for (Published candidate : published) {
      if (candidate.version().equals(facts.version())) {
        found = candidate;
      }
    }
    if (found == null || !found.stateHash().equals(facts.stateHash())) {
      throw new IllegalArgumentException(
          "an anchor on %s must be of the claim's base or of one of the last %d versions of this epoch %d, with its state hash, got %s with %s"
              .formatted(
                  medium.nameOf(Topic.LOG),
                  REMEMBERED_VERSIONS,
                  epoch,
                  facts.version(),
                  facts.stateHash()));
    }
    anchors.write(
        new AnchorWriter.Job(
            facts, snapshot, found.learnerHash(), found.next(), found.slotsNext()));
  }

  @Override
  public void commit(Version version) {
    requireClaimed();
    anchors.throwFailure();
    Version last = committed;
    if (version.number() > lastNumber || (last != null && version.number() < last.number())) {
      throw new IllegalArgumentException(
          "a commit on %s must name a version from the last commit %s up to number %d, got %s"
              .formatted(medium.nameOf(Topic.LOG), last, lastNumber, version));
    }
    points.reached(Point.COMMITTING);
    medium.transact(
        Lane.VERSIONS,
        sink -> {
          sink.send(Topic.LOG, model, codec.commit(version, epoch, clock.millis()));
          sink.send(Topic.INDEX, LogCodec.chainKey(model), codec.chainIndex(claims, version));
        });
    committed = version;
    points.reached(Point.COMMITTED);
  }

  @Override
  public List<Decision> decisions() {
    requireClaimed();
    return decisions.before();
  }

  @Override
  public List<Command.Sent> commands(long from) {
    requireClaimed();
    List<Command.Sent> sent = new ArrayList<>();
    medium.poll(
        Topic.COMMANDS,
        Math.max(from, commandsRead),
        (offset, key, value) -> {
          commandsRead = offset + 1;
          Command command = commandCodec.command(value);
          if (command != null) {
            sent.add(new Command.Sent(offset, command));
          }
        });
    return sent;
  }

  @Override
  public long commandsEnd() {
    return medium.end(Topic.COMMANDS);
  }

  @Override
  public void decide(Decision decision, StateDelta candidate) {
    requireClaimed();
    decisions.write(decision, writer, candidate);
    points.reached(Point.DECIDED);
  }

  @Override
  public LearnerState state(Version version, HashValue hash, Supplier<LearnerState> empty) {
    LogFeed opened = feed;
    if (opened == null) {
      throw notClaimed();
    }
    opened.refreshIndex();
    LogSurvey survey = LogSurvey.of(opened, version, hash);
    if (!hash.equals(survey.baseHash())) {
      throw new BrokenLog(
          "%s must hold the live version %s with state hash %s, or an anchor of it (its newest live one is %s)"
              .formatted(medium.nameOf(Topic.LOG), version, hash, survey.newestLive()));
    }
    Version last = committed;
    if (last == null || version.number() > last.number()) {
      throw new BrokenLog(
          "%s must be committed, so that no restart takes it back, the newest committed version is %s"
              .formatted(version, last));
    }
    return new LogRebuild(model, medium, empty).version(survey, version);
  }

  @Override
  public void release(Cut oldest) {
    requireClaimed();
    Version last = committed;
    if (last != null) {
      anchors.release(oldest.version(), last);
    }
  }

  private void requireClaimed() {
    if (epoch == 0) {
      throw notClaimed();
    }
  }

  private IllegalStateException notClaimed() {
    return new IllegalStateException(
        "a writer of %s must claim it first".formatted(medium.nameOf(Topic.LOG)));
  }

  @Override
  public Totals totals() {
    return new Totals(deltas, deltaBytes, anchors.count(), anchors.bytes());
  }

  @Override
  public void close() {
    try {
      anchors.close();
    } finally {
      if (feed != null) {
        feed.close();
      }
      medium.close();
    }
    anchors.throwFailure();
  }
}
