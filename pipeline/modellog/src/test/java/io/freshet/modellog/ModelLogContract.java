package io.freshet.modellog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.freshet.modellog.ModelIndex.AnchorPosition;
import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.LearnerDelta;
import io.freshet.scoring.state.LearnerState;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.StateDelta;
import io.freshet.scoring.state.StateHash;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What every kind of model log must do; one subclass a kind. */
abstract class ModelLogContract {

  private static final Duration POLL = Duration.ofMillis(50);

  /** A new attempt on the test's own log. */
  abstract ModelLog open(boolean rewind);

  abstract LogFeed feed();

  /** Whose log it is. */
  abstract String model();

  /** Lets anybody write a record into the log. */
  abstract void appendRaw(byte[] value) throws Exception;

  /** The log's records as they lie there. */
  abstract List<byte[]> rawLog();

  private ScriptedLearner newLearner() {
    return new ScriptedLearner(open(false)).claim();
  }

  @Test
  void aVersionIsItsChunksAndThenItsManifest() {
    ScriptedLearner learner = newLearner();
    VersionFacts facts = learner.publish(1);

    List<LogEntry> entries = entries();
    assertThat(entries).hasSize(3);
    assertThat(entries.get(0))
        .isInstanceOfSatisfying(
            LogEntry.Claim.class,
            claim -> {
              assertThat(claim.epoch()).isEqualTo(1);
              assertThat(claim.base()).isNull();
            });
    LogEntry.Chunk chunk = (LogEntry.Chunk) entries.get(1);
    LogEntry.Manifest manifest = (LogEntry.Manifest) entries.get(2);
    assertThat(manifest.facts()).isEqualTo(facts);
    assertThat(manifest.chunkHashes()).containsExactly(chunk.hash());
    assertThat(manifest.payloadBytes()).isEqualTo(chunk.bytes());
    assertThat(manifest.tensors())
        .containsEntry("weights", List.of(2, 3))
        .containsEntry("bias", List.of(1));
    assertThat(manifest.tables()).containsExactly(new LogEntry.TableSummary("rows", 2, 1, 0, 1));
  }

  @Test
  void aLargeVersionIsCutIntoChunksOfAtMost512KiBThatGiveTheStateBack() {
    int width = 1000;
    ScriptedLearner learner = new ScriptedLearner(open(false), width).claim();
    long[] ids = new long[500];
    Arrays.setAll(ids, i -> i * 3L);
    float[] values = new float[ids.length * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = i * 0.5f;
    }
    learner.publish(
        new StateDelta(
            List.copyOf(learner.state().copy().tensors().values()),
            List.of(new StateDelta.Rows("rows", width, ids, values, new long[] {7, 8}))),
        0);

    List<LogEntry.Chunk> chunks = chunks(entries());
    assertThat(chunks).hasSizeGreaterThan(3);
    assertThat(chunks).allSatisfy(chunk -> assertThat(chunk.bytes()).isLessThan(512 * 1024));
    ModelState state = ScriptedLearner.emptyState(width);
    StateHash hash = new StateHash();
    hash.reset(state.computeHash());
    Payload payload = new Payload(new Version(1, 1), false);
    chunks.forEach(payload::add);
    state.apply(payload.content(), hash);
    assertThat(hash.value()).isEqualTo(learner.stateHash()).isEqualTo(state.computeHash());
  }

  @Test
  void anAnchorInTheIndexHoldsTheWholeStateAndNamesWhereDeltasGoOn() {
    ModelLog log = open(false);
    ScriptedLearner learner = new ScriptedLearner(log).claim();
    learner.publish(1);
    learner.publish(2);
    learner.anchor();
    learner.publish(3);
    log.close(); // waits for the anchor

    try (LogFeed feed = feed()) {
      List<AnchorPosition> anchors = feed.index().anchors();
      assertThat(anchors).hasSize(1);
      AnchorPosition anchor = anchors.get(0);
      assertThat(anchor.version()).isEqualTo(new Version(1, 2));
      LogEntry.Manifest manifest = feed.anchorManifest(anchor);
      assertThat(manifest.anchor()).isTrue();
      assertThat(manifest.facts().parent()).isNull();
      ModelState state = ScriptedLearner.emptyState(2);
      StateHash hash = new StateHash();
      hash.reset(state.computeHash());
      Payload payload = new Payload(anchor.version(), true);
      feed.readAnchor(anchor, entry -> state.apply(payload.stream((LogEntry.Chunk) entry), hash));
      assertThat(payload.problem(manifest)).isNull();
      state.apply(payload.content(), hash);
      assertThat(hash.value())
          .isEqualTo(anchor.stateHash())
          .isEqualTo(manifest.facts().stateHash())
          .isEqualTo(state.computeHash());

      feed.seek(anchor.baseOffset());
      List<Version> after = new ArrayList<>();
      while (feed.position() < feed.end()) {
        for (LogRecord record : feed.poll(POLL)) {
          if (record.entry() instanceof LogEntry.Manifest next) {
            after.add(next.facts().version());
          }
        }
      }
      assertThat(after).containsExactly(new Version(1, 3));
    }
  }

  @Test
  void aClaimTakesTheNextEpochAndShutsEarlierAttemptsOut() {
    ScriptedLearner first = newLearner();
    first.publish(1);
    ScriptedLearner second = ScriptedLearner.resume(open(false), first.save()).claim();

    assertThat(second.epoch()).isEqualTo(2);
    assertThatExceptionOfType(BrokenLog.class)
        .isThrownBy(() -> first.publish(2))
        .withMessageContaining("another one has claimed it");
    VersionFacts facts = second.publish(3);
    assertThat(facts.version()).isEqualTo(new Version(2, 2));
    assertThat(facts.parent()).isEqualTo(new Version(1, 1));
    assertThat(versions()).containsExactly(new Version(1, 1), new Version(2, 2));
  }

  @Test
  void numbersGoOnAboveRetractedVersions() {
    ScriptedLearner first = newLearner();
    first.publish(1);
    ScriptedLearner.Saved saved = first.save();
    first.publish(2);
    first.publish(3);
    ModelLog log = open(false);
    ScriptedLearner second = ScriptedLearner.resume(log, saved).claim();

    assertThat(log.highestNumber()).isEqualTo(3);
    assertThat(second.publish(4).version()).isEqualTo(new Version(2, 4));
  }

  @Test
  void aClaimFromAVersionThatWasTakenBackIsRefused() {
    ScriptedLearner first = newLearner();
    first.publish(1);
    ScriptedLearner.Saved base = first.save();
    first.publish(2);
    ScriptedLearner.Saved retracted = first.save();
    ScriptedLearner.resume(open(false), base).claim().publish(3);

    assertThatExceptionOfType(BrokenLog.class)
        .isThrownBy(() -> ScriptedLearner.resume(open(false), retracted).claim())
        .withMessageContaining("the base 1:2 of a claim must be a live version")
        .withMessageContaining("its newest live one is 2:3");
  }

  @Test
  void aClaimFromAStateThatTheLogDoesNotKnowIsRefused() {
    ScriptedLearner first = newLearner();
    first.publish(1);

    assertThatExceptionOfType(BrokenLog.class)
        .isThrownBy(() -> open(false).claim(new Version(1, 1), new HashValue(1, 2)))
        .withMessageContaining("the checkpoint does not belong to this log");
  }

  @Test
  void aClaimBelowTheLastCommitIsRefusedUnlessItRewinds() {
    ModelLog log = open(false);
    ScriptedLearner first = new ScriptedLearner(log).claim();
    first.publish(1);
    ScriptedLearner.Saved base = first.save();
    log.commit(first.publish(2).version());

    assertThatExceptionOfType(BrokenLog.class)
        .isThrownBy(() -> ScriptedLearner.resume(open(false), base).claim())
        .withMessageContaining("committed version 1:2")
        .withMessageContaining("got 1:1");
    ScriptedLearner rewound = ScriptedLearner.resume(open(true), base).claim();
    assertThat(rewound.publish(3).parent()).isEqualTo(new Version(1, 1));
  }

  @Test
  void aVersionThatDoesNotFollowIsRefusedBeforeItIsWritten() {
    ModelLog log = open(false);
    ScriptedLearner learner = new ScriptedLearner(log).claim();
    learner.publish(1);
    VersionFacts orphan = learner.facts(new Version(1, 3), 0);
    LearnerDelta nothing = learner.nothing();
    VersionFacts again = learner.facts(new Version(1, 1), 0);

    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> log.publish(again, nothing))
        .withMessageContaining("a number above 1");
    log.publish(orphan, nothing);
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> log.publish(learner.facts(new Version(1, 4), 0), nothing))
        .withMessageContaining("the parent of 1:4");
    assertThat(versions()).containsExactly(new Version(1, 1), new Version(1, 3));
  }

  @Test
  void aLearnerIsRebuiltFromTheNewestAnchorWhatFollowsItAndTheCheckpointsCut() {
    for (boolean anchored : new boolean[] {true, false}) {
      ModelLog log = open(true);
      TwoPartLearner learner = TwoPartLearner.start(log);
      for (int round = 0; round < 6; round++) {
        learner.learn();
        learner.publish();
        if (anchored && round == 2) {
          learner.anchor();
        }
      }
      learner.learn();
      Cut cut = learner.cut();
      learner.learn();
      learner.publish(); // nobody remembers it
      log.close();

      TwoPartLearner next = TwoPartLearner.restore(open(true), cut, null);
      assertThat(next.step()).isEqualTo(7);
      assertThat(next.state().serving().computeHash()).isEqualTo(cut.stateHash());
      assertThat(next.state().own().computeHash()).isEqualTo(cut.learnerHash());
      VersionFacts facts = next.publish();
      assertThat(facts.parent()).isEqualTo(cut.version());
      assertThat(facts.stateHash()).as("the cut's changes included").isEqualTo(cut.stateHash());
    }
  }

  /** Sends a command to the learner. */
  abstract void send(Command command);

  @Test
  void commandsComeOnceAndInTheirOrder() {
    ModelLog log = open(false);
    log.claim(null, HashValue.EMPTY);
    long from = log.commandsEnd();
    Command back = Command.rollback("one", new Version(1, 7), new HashValue(3, 4), 5);
    Command poison = Command.poison("two", 3, 0.25, 6);
    send(back);
    send(poison);

    List<Command.Sent> sent = new ArrayList<>();
    while (sent.size() < 2) {
      sent.addAll(log.commands(from));
    }
    assertThat(sent).extracting(Command.Sent::command).containsExactly(back, poison);
    assertThat(sent.get(0).offset()).isEqualTo(from);
    assertThat(log.commands(from)).isEmpty();
  }

  @Test
  void whatWasDecidedIsReadByTheNextAttemptAndOldCandidatesGo() throws Exception {
    ModelLog log = open(false);
    log.claim(null, HashValue.EMPTY);
    Command.Sent sent =
        new Command.Sent(4, Command.rollback("one", new Version(1, 7), HashValue.EMPTY, 5));
    List<Decision> decisions = new ArrayList<>();
    for (int step = 1; step <= 20; step++) {
      decisions.add(decision(step, step == 10 ? sent : null));
    }
    StateDelta candidate =
        new StateDelta(
            List.of(),
            List.of(new StateDelta.Rows("rows", 1, new long[] {1}, new float[] {2}, new long[0])));
    for (Decision decision : decisions) {
      log.decide(decision, decision.sent() == null ? candidate : StateDelta.NONE);
    }
    log.decide(decisions.get(19), candidate); // a rerun decides the same once more
    log.close();

    ModelLog next = open(false);
    next.claim(null, HashValue.EMPTY);
    assertThat(next.decisions()).isEqualTo(decisions);
    assertThat(candidates()).as("chunks of refused candidates").isEqualTo(8);
  }

  /** Chunks that the topic of decisions holds. */
  abstract int candidates() throws Exception;

  private static Decision decision(long step, Command.@Nullable Sent sent) {
    boolean refused = sent == null;
    return new Decision(
        refused ? Decision.Kind.REFUSED : Decision.Kind.ROLLED_BACK,
        1,
        new Decision.Place(step, 100 * step, 1_000 * step),
        "for a reason",
        refused ? null : new Version(1, 7),
        new HashValue(step, 1),
        sent,
        refused ? 3 : 0,
        refused ? Map.of("interactions-0", List.of(step, step + 1, step + 5)) : Map.of(),
        refused ? new HashValue(step, 2) : null,
        77);
  }

  @Test
  void aCommittedVersionsWholeStateCanBeHadAndNoOther() {
    ModelLog log = open(false);
    TwoPartLearner learner = TwoPartLearner.start(log);
    List<VersionFacts> facts = new ArrayList<>();
    List<HashValue> own = new ArrayList<>();
    for (int round = 0; round < 8; round++) {
      learner.learn();
      facts.add(learner.publish());
      own.add(learner.state().own().computeHash());
      if (round % 3 == 1) {
        learner.anchor();
      }
    }
    log.commit(facts.get(5).version());
    for (int i = 0; i <= 5; i++) {
      VersionFacts wanted = facts.get(i);
      LearnerState state = log.state(wanted.version(), wanted.stateHash(), TwoPartLearner::empty);
      assertThat(state.serving().computeHash()).isEqualTo(wanted.stateHash());
      assertThat(state.own().computeHash()).isEqualTo(own.get(i));
    }
    assertThatExceptionOfType(BrokenLog.class)
        .isThrownBy(
            () ->
                log.state(facts.get(6).version(), facts.get(6).stateHash(), TwoPartLearner::empty))
        .withMessageContaining("1:7 must be committed")
        .withMessageContaining("the newest committed version is 1:6");
    assertThatExceptionOfType(BrokenLog.class)
        .isThrownBy(() -> log.state(new Version(1, 99), HashValue.EMPTY, TwoPartLearner::empty))
        .withMessageContaining("must hold the live version 1:99");
    assertThatExceptionOfType(BrokenLog.class)
        .isThrownBy(() -> log.state(facts.get(2).version(), HashValue.EMPTY, TwoPartLearner::empty))
        .withMessageContaining("with state hash " + HashValue.EMPTY);
  }

  @Test
  void aLearnerIsRebuiltWhateverOthersHaveWrittenIntoItsLog() throws Exception {
    LogCodec codec = new LogCodec(model());
    TwoPartLearner learner = TwoPartLearner.start(open(false));
    for (int round = 0; round < 6; round++) {
      learner.learn();
      VersionFacts facts = learner.publish();
      List<byte[]> records = rawLog();
      byte[] manifest = records.get(records.size() - 1);
      byte[] chunk = records.get(records.size() - 2);
      byte[] flipped = chunk.clone();
      flipped[flipped.length / 2] ^= 4;
      long number = facts.version().number();
      Version next = new Version(facts.version().epoch(), number + 1_000_000);
      List<byte[]> hostile =
          switch (round) {
            case 0 -> List.of(new byte[] {1, 2, 3}, Arrays.copyOf(chunk, chunk.length / 2));
            case 1 -> List.of(manifest);
            case 2 ->
                List.of(
                    flipped, manifest, chunk, chunk, manifest, renumbered(manifest, number + 1, 1));
            case 3 ->
                List.of(
                    codec.claim(
                        new LogEntry.Claim(99, "nobody", null, HashValue.EMPTY, 1_000_000), 0));
            case 4 -> List.of(codec.commit(next, 99, 0), renumbered(manifest, next.number(), 99));
            default -> records.subList(1, records.size() - 4);
          };
      for (byte[] record : hostile) {
        appendRaw(record);
      }
    }
    byte[] before = rawLog().stream().filter(this::isTheFifth).toList().get(0);
    appendRaw(renumbered(before, 6, 1)); // names the newest version, with its parent's hash
    learner.learn();
    Cut cut = learner.cut();

    TwoPartLearner restored = TwoPartLearner.restore(open(false), cut, null);
    assertThat(restored.state().serving().computeHash()).isEqualTo(cut.stateHash());
    assertThat(restored.state().own().computeHash()).isEqualTo(cut.learnerHash());
    assertThat(restored.publish().version()).isEqualTo(new Version(2, 7));
  }

  private boolean isTheFifth(byte[] value) {
    return new LogCodec(model()).entry(value) instanceof LogEntry.Manifest manifest
        && manifest.facts().version().number() == 5;
  }

  /** The manifest of a version after this one, which no learner wrote. */
  private byte[] renumbered(byte[] manifest, long number, long writerEpoch) {
    LogCodec codec = new LogCodec(model());
    LogEntry.Manifest known = (LogEntry.Manifest) codec.entry(manifest);
    VersionFacts facts = known.facts();
    Version version = facts.version();
    return codec.manifest(
        new LogEntry.Manifest(
            new VersionFacts(
                new Version(version.epoch(), number),
                version,
                facts.stateHash(),
                facts.stateHash(),
                facts.step(),
                facts.eventTime(),
                facts.rowCounts(),
                facts.lineage(),
                facts.metrics(),
                facts.gate(),
                facts.settings(),
                facts.seed(),
                facts.engine(),
                facts.code()),
            false,
            writerEpoch,
            known.writer(),
            known.chunkHashes(),
            known.payloadBytes(),
            known.tables(),
            known.tensors(),
            known.publishedAt(),
            -1,
            known.learnerHash()),
        known.publishedAt());
  }

  @Test
  void aLearnerThatHasPublishedNothingIsRebuiltFromItsCutAlone() {
    TwoPartLearner learner = TwoPartLearner.start(open(false));
    learner.learn();
    Cut cut = learner.cut();

    TwoPartLearner next = TwoPartLearner.restore(open(false), cut, null);
    assertThat(next.state().own().computeHash()).isEqualTo(cut.learnerHash());
    assertThat(next.publish().parent()).isNull();
    assertThat(TwoPartLearner.restore(open(false), next.cut(), null).publish().parent())
        .isEqualTo(new Version(2, 1));
  }

  @Test
  void whatIsRestoredFromIsCommittedThoughItsNotificationGotLost() {
    TwoPartLearner learner = TwoPartLearner.start(open(false));
    learner.learn();
    Version version = learner.publish().version();
    TwoPartLearner.restore(open(false), learner.cut(), null);

    assertThat(entries()).contains(new LogEntry.Commit(version));
    try (LogFeed feed = feed()) {
      assertThat(feed.index().committed()).isEqualTo(version);
    }
  }

  @Test
  void anExplicitRewindTakesBackWhatWasCommittedForAllStartsAfterIt() {
    ModelLog log = open(false);
    TwoPartLearner learner = TwoPartLearner.start(log);
    learner.learn();
    learner.publish();
    Cut early = learner.cut();
    learner.learn();
    log.commit(learner.publish().version());

    assertThatExceptionOfType(BrokenLog.class)
        .isThrownBy(() -> TwoPartLearner.restore(open(false), early, null))
        .withMessageContaining("committed version 1:2")
        .withMessageContaining("got 1:1");
    TwoPartLearner rewound = TwoPartLearner.restore(open(true), early, null);
    rewound.learn();
    rewound.publish();
    TwoPartLearner next = TwoPartLearner.restore(open(false), rewound.cut(), null);
    assertThat(next.step()).isEqualTo(2);
  }

  @Test
  void aCheckpointThatDoesNotBelongToTheLogIsRefusedUnlessItCarriesTheWholeState() {
    TwoPartLearner learner = TwoPartLearner.start(open(false));
    learner.learn();
    learner.publish();
    learner.learn();
    Cut cut = learner.cut();
    Cut foreign =
        new Cut(
            new Version(7, 70),
            cut.versionHash(),
            cut.stateHash(),
            cut.learnerHash(),
            cut.firstOffset(),
            cut.offset(),
            cut.step());
    Cut lost =
        new Cut(
            cut.version(),
            cut.versionHash(),
            cut.stateHash(),
            cut.learnerHash(),
            cut.firstOffset() + 1_000,
            cut.offset() + 1_000,
            cut.step());

    assertThatExceptionOfType(BrokenLog.class)
        .isThrownBy(() -> TwoPartLearner.restore(open(false), foreign, null))
        .withMessageContaining("the base 7:70 of a claim must be a live version");
    assertThatExceptionOfType(BrokenLog.class)
        .isThrownBy(() -> TwoPartLearner.restore(open(false), lost, null))
        .withMessageContaining("slots must hold the checkpoint's cut at offset")
        .withMessageContaining("a savepoint, which carries the whole state");
    LearnerState saved = learner.state().copy();
    TwoPartLearner next = TwoPartLearner.restore(open(false), foreign, saved);
    VersionFacts whole = next.publish();
    assertThat(whole.parent()).isNull();
    assertThat(whole.stateHash()).isEqualTo(cut.stateHash());
    assertThat(next.state().own().computeHash()).isEqualTo(cut.learnerHash());
  }

  @Test
  void whatNoCheckpointNeedsIsDeletedAndALearnerStillFindsItsState() {
    LearntAndCut learnt = learntAndCut();
    try (LogFeed feed = feed()) {
      assertThat(feed.beginning()).isPositive();
      List<AnchorPosition> anchors = feed.index().anchors();
      assertThat(anchors.get(anchors.size() - 2).baseOffset())
          .as("two committed anchors and what follows them stay")
          .isGreaterThanOrEqualTo(feed.beginning());
    }
    TwoPartLearner next = TwoPartLearner.restore(open(false), learnt.cut(), null);
    assertThat(next.state().own().computeHash()).isEqualTo(learnt.own());
    assertThat(next.publish().parent()).isNotNull();
  }

  private record LearntAndCut(HashValue own, Cut cut) {}

  /** A learner whose last of many checkpoints let go of most of the log. */
  private LearntAndCut learntAndCut() {
    ModelLog log = open(false);
    TwoPartLearner learner = TwoPartLearner.start(log);
    Cut cut = learner.cut();
    for (int round = 0; round < 40; round++) {
      learner.learn();
      Version version = learner.publish().version();
      if (round % 5 == 0) {
        learner.anchor();
      }
      learner.learn();
      cut = learner.cut();
      log.commit(version);
      log.release(cut);
    }
    log.close();
    return new LearntAndCut(learner.state().own().computeHash(), cut);
  }

  @Test
  void aCheckpointFindsItsStateHoweverManyAnchorsCameAfterItWithoutAnother() {
    LearntAndCut learnt = learntAndCut();
    ModelLog unlucky = open(false);
    TwoPartLearner learner = TwoPartLearner.restore(unlucky, learnt.cut(), null);
    while (unlucky.totals().anchors() <= Retention.NEWEST) {
      learner.learn();
      learner.publish();
      learner.anchor();
    }
    unlucky.close();

    TwoPartLearner again = TwoPartLearner.restore(open(false), learnt.cut(), null);
    assertThat(again.state().own().computeHash()).isEqualTo(learnt.own());
  }

  @Test
  void totalsCountPayloadOfDeltasAndAnchors() {
    ModelLog log = open(false);
    ScriptedLearner learner = new ScriptedLearner(log).claim();
    learner.publish(1);
    learner.publish(2);
    learner.anchor();
    log.close(); // waits for the anchor

    long bytes = chunks(entries()).stream().mapToLong(LogEntry.Chunk::bytes).sum();
    assertThat(log.totals().deltas()).isEqualTo(2);
    assertThat(log.totals().deltaBytes()).isEqualTo(bytes);
    assertThat(log.totals().anchors()).isEqualTo(1);
    assertThat(log.totals().anchorBytes()).isPositive();
  }

  private List<Version> versions() {
    return entries().stream()
        .filter(LogEntry.Manifest.class::isInstance)
        .map(entry -> ((LogEntry.Manifest) entry).facts().version())
        .toList();
  }

  private static List<LogEntry.Chunk> chunks(List<LogEntry> entries) {
    return entries.stream()
        .filter(LogEntry.Chunk.class::isInstance)
        .map(LogEntry.Chunk.class::cast)
        .toList();
  }

  private List<LogEntry> entries() {
    List<LogEntry> entries = new ArrayList<>();
    try (LogFeed feed = feed()) {
      long end = feed.end();
      while (feed.position() < end) {
        feed.poll(POLL).forEach(record -> entries.add(record.entry()));
      }
    }
    return entries;
  }
}
