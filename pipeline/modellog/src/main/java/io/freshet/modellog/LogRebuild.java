package io.freshet.modellog;

import io.freshet.modellog.LogMedium.Topic;
import io.freshet.modellog.ModelIndex.AnchorPosition;
import io.freshet.modellog.ModelIndex.SlotsPosition;
import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.LearnerDelta;
import io.freshet.scoring.state.LearnerState;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.StateHash;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Rebuilds a learner's state from its log, as any reader does: the newest anchor that helps, the
 * versions after it, the own state beside both, and the cut of the checkpoint. Every hash is
 * checked against the memory that came of it.
 */
final class LogRebuild {

  private final LogMedium medium;
  private final LogCodec codec;
  private final SlotsCodec slotsCodec;
  private final Supplier<LearnerState> empty;

  /** What came of it: the state at the cut's version and what was learnt since, or a problem. */
  record Outcome(@Nullable LearnerState drained, @Nullable LearnerDelta undrained, String problem) {

    static Outcome failed(String problem) {
      return new Outcome(null, null, problem);
    }
  }

  /** Why a try came to nothing. */
  private static final class Missing extends Exception {

    private static final long serialVersionUID = 1L;

    Missing(String message) {
      super(message);
    }
  }

  /** What is done with the parts once they stand at the base. */
  @FunctionalInterface
  private interface Ending<T> {
    T of(RebuiltParts parts) throws Missing;
  }

  /**
   * @param empty the layout of the learner's state, all zero and empty
   */
  LogRebuild(String model, LogMedium medium, Supplier<LearnerState> empty) {
    this.medium = medium;
    this.codec = new LogCodec(model);
    this.slotsCodec = new SlotsCodec(model);
    this.empty = empty;
  }

  /** The state at a checkpoint. */
  Outcome checkpoint(LogSurvey survey, Cut cut) {
    List<String> problems = new ArrayList<>();
    Outcome outcome =
        cut.version() == null
            ? tried("from nothing", problems, () -> withCut(cut, new RebuiltParts(empty)))
            : at(survey, cut.version(), cut.firstOffset(), problems, parts -> withCut(cut, parts));
    return outcome == null ? Outcome.failed(String.join("; ", problems)) : outcome;
  }

  /**
   * The state of a live version, proven.
   *
   * @throws BrokenLog if it cannot be rebuilt, naming everything that was tried
   */
  LearnerState version(LogSurvey survey, Version version) {
    List<String> problems = new ArrayList<>();
    LearnerState state =
        at(survey, version, medium.end(Topic.SLOTS), problems, parts -> proven(survey, parts));
    if (state == null) {
      throw new BrokenLog(
          "%s must be rebuilt from %s, but %s"
              .formatted(version, medium.nameOf(Topic.LOG), String.join("; ", problems)));
    }
    return state;
  }

  private static LearnerState proven(LogSurvey survey, RebuiltParts parts) throws Missing {
    HashValue expected = survey.baseHash();
    require(
        "the rebuilt state",
        expected == null ? HashValue.EMPTY : expected,
        parts.servingHash().value());
    return parts.state();
  }

  private <T> @Nullable T at(
      LogSurvey survey, Version base, long slotsEnd, List<String> problems, Ending<T> ending) {
    List<AnchorPosition> anchors = new ArrayList<>(survey.liveAnchors());
    anchors.removeIf(anchor -> anchor.version().number() > base.number() || anchor.slots() == null);
    for (int i = anchors.size() - 1; i >= 0; i--) {
      AnchorPosition anchor = anchors.get(i);
      T result =
          tried(
              "from its anchor of " + anchor.version(),
              problems,
              () -> {
                RebuiltParts parts = new RebuiltParts(empty);
                load(anchor, parts);
                follow(survey, base, anchor, slotsEnd, parts);
                return ending.of(parts);
              });
      if (result != null) {
        return result;
      }
    }
    return tried(
        "from its beginning",
        problems,
        () -> {
          RebuiltParts parts = new RebuiltParts(empty);
          follow(survey, base, null, slotsEnd, parts);
          return ending.of(parts);
        });
  }

  @FunctionalInterface
  private interface Way<T> {
    T go() throws Missing;
  }

  private static <T> @Nullable T tried(String from, List<String> problems, Way<T> way) {
    try {
      return way.go();
    } catch (Missing | LostOffset | IllegalArgumentException e) {
      problems.add(from + ": " + e.getMessage());
      return null;
    }
  }

  private void load(AnchorPosition anchor, RebuiltParts parts) throws Missing {
    SlotsPosition slots = anchor.slots();
    if (slots == null) {
      throw new Missing("the own state was not kept beside it");
    }
    HashValue serving =
        load(
            anchor.version(),
            anchor.firstOffset(),
            anchor.manifestOffset(),
            parts.state().serving(),
            parts.servingHash());
    require("the anchor's state", anchor.stateHash(), serving);
    HashValue own =
        load(
            anchor.version(),
            slots.firstOffset(),
            slots.offset(),
            parts.state().own(),
            parts.ownHash());
    require("the own state beside the anchor", own, parts.ownHash().value());
  }

  /** Returns the hash that the closing record names. */
  private HashValue load(Version version, long first, long last, ModelState into, StateHash hash)
      throws Missing {
    Payload payload = new Payload(version, true);
    LogEntry[] closing = new LogEntry[1];
    medium.read(
        Topic.ANCHORS,
        first,
        last + 1,
        (offset, key, value) -> {
          LogEntry entry = value == null ? new LogEntry.Unreadable("deleted") : anchorEntry(value);
          if (entry instanceof LogEntry.Chunk chunk) {
            into.apply(payload.stream(chunk), hash);
          } else {
            closing[0] = entry;
          }
        });
    if (closing[0] instanceof LogEntry.Manifest manifest) {
      requireNone(payload.problem(manifest));
      into.apply(payload.content(), hash);
      require("the anchor's state", manifest.facts().stateHash(), hash.value());
      return hash.value();
    }
    if (closing[0] instanceof LogEntry.Slots slots) {
      requireNone(payload.problem(slots.chunkHashes()));
      into.apply(payload.content(), hash);
      return slots.learnerHash();
    }
    throw new Missing(
        "%s must hold what closes it at offset %d".formatted(medium.nameOf(Topic.ANCHORS), last));
  }

  private LogEntry anchorEntry(byte[] value) {
    LogEntry entry = codec.entry(value);
    return entry instanceof LogEntry.Unreadable ? slotsCodec.entry(value) : entry;
  }

  /** Applies every version after the anchor up to the base, first the serving part of all. */
  private void follow(
      LogSurvey survey,
      Version base,
      @Nullable AnchorPosition from,
      long slotsEnd,
      RebuiltParts parts)
      throws Missing {
    boolean done = from != null && from.version().equals(base);
    if (done) {
      return;
    }
    Claims claims = survey.claims();
    long start =
        from == null
            ? Math.max(claims.newestFreshStart(), medium.beginning(Topic.LOG))
            : from.baseOffset();
    Map<Version, LogEntry.Manifest> versions = new LinkedHashMap<>();
    ServingChain chain =
        new ServingChain(
            codec,
            base,
            claims,
            survey.authors(),
            from == null ? 0 : from.version().number(),
            parts,
            versions);
    if (survey.tail().covers(start)) {
      survey.tail().from(start).forEach(record -> chain.take(record.offset(), record.entry()));
    } else {
      medium.read(Topic.LOG, start, medium.end(Topic.LOG), chain);
    }
    requireNone(chain.problem());
    if (!versions.containsKey(base)) {
      throw new Missing("%s must hold %s".formatted(medium.nameOf(Topic.LOG), base));
    }
    long slotsStart =
        from == null || from.slots() == null
            ? medium.beginning(Topic.SLOTS)
            : from.slots().baseOffset();
    OwnChain own = new OwnChain(slotsCodec, parts, versions);
    medium.read(Topic.SLOTS, slotsStart, slotsEnd, own);
    requireNone(own.problem());
    if (own.missing() != null) {
      throw new Missing(
          "%s must hold the own state of %s from offset %d on"
              .formatted(medium.nameOf(Topic.SLOTS), own.missing(), slotsStart));
    }
  }

  private Outcome withCut(Cut cut, RebuiltParts parts) throws Missing {
    require(
        "the state of " + cut.version(),
        cut.version() == null ? parts.servingHash().value() : cut.versionHash(),
        parts.servingHash().value());
    Version named = cut.version() == null ? SlotsRecords.NONE : cut.version();
    List<LogEntry.Chunk> chunks = new ArrayList<>();
    LogEntry[] closing = new LogEntry[1];
    medium.read(
        Topic.SLOTS,
        cut.firstOffset(),
        cut.offset() + 1,
        (offset, key, value) -> {
          LogEntry entry =
              value == null ? new LogEntry.Unreadable("nothing") : slotsCodec.entry(value);
          if (entry instanceof LogEntry.Chunk chunk) {
            chunks.add(chunk);
          } else {
            closing[0] = entry;
          }
        });
    if (!(closing[0] instanceof LogEntry.Slots slots)
        || slots.kind() != LogEntry.Slots.Kind.CUT
        || !slots.learnerHash().equals(cut.learnerHash())
        || !slots.stateHash().equals(cut.stateHash())) {
      throw new Missing(
          "%s must hold the checkpoint's cut at offset %d, got %s"
              .formatted(medium.nameOf(Topic.SLOTS), cut.offset(), closing[0]));
    }
    int split = Math.min(slots.servingChunks(), chunks.size());
    Payload serving =
        payload(named, chunks.subList(0, split), slots.chunkHashes().subList(0, split));
    Payload own =
        payload(
            named,
            chunks.subList(split, chunks.size()),
            slots.chunkHashes().subList(split, slots.chunkHashes().size()));
    LearnerDelta undrained =
        new LearnerDelta(serving.content(), own.content(), cut.stateHash(), cut.learnerHash());
    require(
        "the serving state at the checkpoint",
        cut.stateHash(),
        parts.state().serving().hashAfter(undrained.serving(), parts.servingHash().value()));
    require(
        "the learner's own state at the checkpoint",
        cut.learnerHash(),
        parts.state().own().hashAfter(undrained.own(), parts.ownHash().value()));
    return new Outcome(parts.state(), undrained, "");
  }

  private static Payload payload(Version named, List<LogEntry.Chunk> chunks, List<HashValue> hashes)
      throws Missing {
    Payload payload = new Payload(named, false);
    chunks.forEach(payload::add);
    requireNone(payload.problem(hashes));
    return payload;
  }

  private static void require(String what, HashValue expected, HashValue actual) throws Missing {
    if (!expected.equals(actual)) {
      throw new Missing("%s must have hash %s, it has %s".formatted(what, expected, actual));
    }
  }

  private static void requireNone(@Nullable String problem) throws Missing {
    if (problem != null) {
      throw new Missing(problem);
    }
  }
}
