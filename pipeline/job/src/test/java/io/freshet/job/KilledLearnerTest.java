package io.freshet.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.learner.LearnerLoop;
import io.freshet.job.learner.Publication;
import io.freshet.job.learner.RoundMetrics;
import io.freshet.job.replay.SequentialReplay;
import io.freshet.learning.Hardware;
import io.freshet.learning.LearnerFamilies;
import io.freshet.learning.LearnerFamily;
import io.freshet.modellog.Command;
import io.freshet.modellog.Decision;
import io.freshet.modellog.InMemoryModelLog;
import io.freshet.modellog.LogEntry;
import io.freshet.modellog.LogFeed;
import io.freshet.modellog.LogRecord;
import io.freshet.modellog.ProtocolPoints;
import io.freshet.modellog.Version;
import io.freshet.modellog.VersionFacts;
import io.freshet.scoring.feature.HistoryPlan;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelsFile;
import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.LearnerDelta;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A learner that is killed at any point of its protocol with the log, and goes on from its last
 * complete checkpoint, against one that nothing happened to.
 */
class KilledLearnerTest {

  private static final int IMPRESSIONS = 500;
  private static final int MS_PER_ENTRY = 20;
  private static final int CHECKPOINT_EVERY = 20;

  private static ModelsFile models =
      TestModels.file(1, "batch: {size: 8, span: 5s}\n    round: {steps: 2}\n    gate: {hold: 2}");
  private static List<Entry> entries = List.of();
  private static Map<String, Ended> unbroken = Map.of();

  /** Points of the protocol that lie outside the log. */
  enum Moment {
    /** What the checkpoint holds was written, and it is not complete. */
    SNAPSHOT_TAKEN,
    /** The checkpoint is complete, and the learner was not told. */
    CHECKPOINT_COMPLETE
  }

  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /**
   * @param committed state hash and event time by step, of what a committed reader sees
   */
  private record Ended(
      String state, List<Evaluation> evaluations, Map<Long, String> committed, int kills) {}

  /** Decides whether to kill now. */
  private interface Fate {
    boolean strikes(Enum<?> point);
  }

  @BeforeAll
  static void learnWithoutAnyFault() throws IOException {
    entries = SequentialReplay.entries(models, RandomLog.partitions(11, IMPRESSIONS));
    Map<String, Ended> ended = new TreeMap<>();
    for (ModelSettings model : models.models()) {
      ended.put(model.name(), new Run(model, point -> false).toTheEnd());
    }
    unbroken = ended;
  }

  static Stream<Arguments> points() {
    return Stream.of(ProtocolPoints.Point.values(), Moment.values())
        .flatMap(Stream::of)
        .filter(point -> point != ProtocolPoints.Point.DECIDED)
        .flatMap(point -> times(point).map(nth -> Arguments.of(point, nth)));
  }

  private static Stream<Integer> times(Enum<?> point) {
    return point == ProtocolPoints.Point.CLAIMED ? Stream.of(1) : Stream.of(1, 4);
  }

  @ParameterizedTest
  @MethodSource("points")
  void aLearnerKilledAtAnyPointOfItsProtocolEndsAsTheOneThatWasNot(Enum<?> point, int nth)
      throws IOException {
    int[] reached = new int[1];
    ModelSettings model = models.models().get(0);
    Ended ended = new Run(model, at -> at == point && ++reached[0] == nth).toTheEnd();

    assertThat(reached[0]).as("how often the point was reached").isGreaterThanOrEqualTo(nth);
    assertThat(ended.kills()).isEqualTo(1);
    assertSameAsUnbroken(model, ended);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aLearnerKilledAgainAndAgainEndsAsTheOneThatWasNot(long seed) throws IOException {
    for (ModelSettings model : models.models()) {
      Random random = new Random(seed);
      Ended ended = new Run(model, point -> random.nextInt(30) == 0).toTheEnd();
      assertThat(ended.kills()).isGreaterThan(3);
      assertSameAsUnbroken(model, ended);
    }
  }

  @ParameterizedTest
  @EnumSource(WhatIsLeft.class)
  void aLearnerGoesOnFromASavepointWhateverIsLeftOfItsLog(WhatIsLeft left) throws IOException {
    for (ModelSettings model : models.models()) {
      Run run = new Run(model, point -> false);
      run.goOnTo(entries.size() / 2);
      run.savepoint(left);
      Ended ended = run.toTheEnd();
      if (left == WhatIsLeft.ALL) {
        assertSameAsUnbroken(model, ended);
      } else {
        assertThat(ended.state()).isEqualTo(unbroken(model).state());
        assertThat(withoutEpoch(ended)).isEqualTo(withoutEpoch(unbroken(model)));
        assertThat(unbroken(model).committed()).containsAllEntriesOf(ended.committed());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aLearnerWhoseRoundsAreRefusedNowAndThenMayBeKilledAsWell(long seed) throws IOException {
    for (ModelSettings model : models.models()) {
      LongPredicate ruins = id -> Math.floorMod(id, 40) == 0;
      Run run = new Run(model, point -> false, ruins);
      Ended expected = run.toTheEnd();
      assertThat(expected.state()).isNotEqualTo(unbroken(model).state());
      VersionFacts last = run.newest();
      assertThat(last.metrics().get(RoundMetrics.REFUSED)).isGreaterThan(3);
      assertThat(last.metrics().get(RoundMetrics.SKIPPED)).isGreaterThan(100);
      assertThat(run.skipped())
          .as("named by versions that the log still holds")
          .hasSizeGreaterThan(8)
          .doesNotHaveDuplicates();

      Random random = new Random(seed);
      Run killed = new Run(model, point -> random.nextInt(30) == 0, ruins);
      Ended ended = killed.toTheEnd();
      assertThat(ended.kills()).isGreaterThan(3);
      assertThat(ended.state()).isEqualTo(expected.state());
      assertThat(withoutEpoch(ended)).isEqualTo(withoutEpoch(expected));
      assertThat(ended.committed()).isEqualTo(expected.committed());
      for (String metric :
          List.of(RoundMetrics.PASSED, RoundMetrics.REFUSED, RoundMetrics.SKIPPED)) {
        assertThat(killed.newest().metrics().get(metric)).isEqualTo(last.metrics().get(metric));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 3, 4})
  void aRollbackTakesEffectAtTheSamePlaceWhateverIsKilledAroundIt(long seed) throws IOException {
    ModelSettings model = models.models().get(1);
    int at = 2 * entries.size() / 3;
    LongPredicate ruins = id -> Math.floorMod(id, 200) == 0;
    Run run = new Run(model, point -> false, ruins);
    run.rollBackAt(at, null);
    Ended expected = run.toTheEnd();
    assertThat(run.decisions(Decision.Kind.DECLINED)).isEmpty();
    Decision decision = run.decisions(Decision.Kind.ROLLED_BACK).get(0);
    VersionFacts target = run.rolledBackTo();
    assertThat(target.stateHash()).isEqualTo(decision.stateHash());
    assertThat(decision.at().step()).isGreaterThan(target.step());
    assertThat(run.hashAfterRollback())
        .as("published as the newest version")
        .isEqualTo(target.stateHash());
    assertThat(run.decisions(Decision.Kind.REFUSED)).isNotEmpty();

    Random random = new Random(seed);
    int[] decided = new int[1];
    Run killed =
        new Run(
            model,
            point ->
                point == ProtocolPoints.Point.DECIDED
                    ? decided[0]++ < 3
                    : seed > 0 && random.nextInt(40) == 0,
            ruins);
    killed.rollBackAt(at, target.step());
    Ended ended = killed.toTheEnd();
    assertThat(ended.kills()).isGreaterThanOrEqualTo(3);
    assertThat(ended.state()).isEqualTo(expected.state());
    assertThat(withoutEpoch(ended)).isEqualTo(withoutEpoch(expected));
    assertThat(killed.decisions(Decision.Kind.ROLLED_BACK)).hasSize(1);
    assertThat(killed.decisions(Decision.Kind.ROLLED_BACK).get(0).at()).isEqualTo(decision.at());
    assertThat(killed.refusedAt()).isEqualTo(run.refusedAt());
  }

  static Stream<Enum<?>> pointsOfOneAttempt() {
    return Stream.of(ProtocolPoints.Point.values(), Moment.values())
        .flatMap(Stream::of)
        .filter(
            point ->
                point != ProtocolPoints.Point.CLAIMED && point != ProtocolPoints.Point.DECIDED);
  }

  @ParameterizedTest
  @MethodSource("pointsOfOneAttempt")
  void aLearnerKilledAtAnyPointAfterARollbackWasDecidedEndsAsTheOneThatWasNot(Enum<?> point)
      throws IOException {
    ModelSettings model = models.models().get(1);
    int at = entries.size() / 2;
    Run run = new Run(model, unused -> false);
    run.rollBackAt(at, null);
    Ended expected = run.toTheEnd();

    boolean[] decided = new boolean[1];
    int[] reached = new int[1];
    Run killed =
        new Run(
            model,
            now -> {
              decided[0] |= now == ProtocolPoints.Point.DECIDED;
              return decided[0] && now == point && ++reached[0] == 1;
            });
    killed.rollBackAt(at, run.rolledBackTo().step());
    Ended ended = killed.toTheEnd();

    assertThat(ended.kills()).isEqualTo(1);
    assertThat(ended.state()).isEqualTo(expected.state());
    assertThat(withoutEpoch(ended)).isEqualTo(withoutEpoch(expected));
    assertThat(killed.decisions(Decision.Kind.ROLLED_BACK))
        .extracting(Decision::at)
        .containsExactly(run.decisions(Decision.Kind.ROLLED_BACK).get(0).at());
  }

  @Test
  void aRollbackToWhatIsNotThereIsDeclinedAndChangesNothing() throws IOException {
    ModelSettings model = models.models().get(1);
    Run run = new Run(model, point -> false);
    run.commandAt(300, Command.rollback("none", new Version(1, 9_999), HashValue.EMPTY, 0));
    Ended ended = run.toTheEnd();
    assertThat(run.decisions(Decision.Kind.DECLINED))
        .singleElement()
        .satisfies(
            decision ->
                assertThat(decision.text())
                    .startsWith("models.base.log must hold the live version 1:9999"));
    assertSameAsUnbroken(model, ended);
  }

  private static Ended unbroken(ModelSettings model) {
    return java.util.Objects.requireNonNull(unbroken.get(model.name()));
  }

  enum WhatIsLeft {
    ALL,
    NOTHING
  }

  @Test
  void faultsLeaveMoreThanOneEpochBehindAndCheckpointsThatCostWhatChanged() throws IOException {
    String steps = "batch: {size: 8, span: 5s}\n    round: {steps: 2}\n    gate: {enabled: false}";
    ModelSettings model = TestModels.file(1, steps).models().get(0);
    Random random = new Random(5);
    Run run = new Run(model, point -> random.nextInt(30) == 0);
    run.toTheEnd();
    assertThat(run.lastEpoch()).isGreaterThan(3);
    assertThat(run.largestCheckpoint()).as("bytes").isLessThan(run.wholeStateBytes());
  }

  private static void assertSameAsUnbroken(ModelSettings model, Ended ended) {
    Ended expected = unbroken(model);
    assertThat(ended.state()).isEqualTo(expected.state());
    assertThat(withoutEpoch(ended)).isEqualTo(withoutEpoch(expected));
    assertThat(ended.committed()).isEqualTo(expected.committed());
    assertThat(ended.committed()).hasSizeGreaterThan(2);
  }

  private static List<Evaluation> withoutEpoch(Ended ended) {
    return ended.evaluations().stream()
        .map(e -> new Evaluation(e.model(), e.family(), 0, e.step(), e.rows()))
        .toList();
  }

  /** One learner's life over several attempts, without Flink. */
  private static final class Run {

    private final ModelSettings model;
    private final Fate fate;
    private final @Nullable LongPredicate ruins;
    private final HistoryPlan plan = HistoryPlan.of(models.models());
    private final List<Evaluation> evaluations = new ArrayList<>();
    private final Map<Long, String> committed = new TreeMap<>();
    private InMemoryModelLog log;
    private long commitsReadTo;
    private int next;
    private long checkpoint;
    private int kills;
    private byte @Nullable [] complete;
    private int completeNext;
    private int completeEvaluations;
    private @Nullable LearnerLoop loop;
    private int largestCheckpoint;
    private int commandAt = -1;
    private @Nullable Command command;
    private @Nullable Long targetStep;
    private @Nullable VersionFacts rolledBackTo;
    private @Nullable HashValue hashAfterRollback;
    private boolean sent;

    Run(ModelSettings model, Fate fate) {
      this(model, fate, null);
    }

    /**
     * @param ruins examples that ruin the learner; null for none
     */
    Run(ModelSettings model, Fate fate, @Nullable LongPredicate ruins) {
      this.model = model;
      this.fate = fate;
      this.ruins = ruins;
      this.log = newLog();
    }

    private InMemoryModelLog newLog() {
      return new InMemoryModelLog(model.name(), () -> Instant.ofEpochMilli(now()));
    }

    private long now() {
      return (long) next * MS_PER_ENTRY;
    }

    private void reach(Enum<?> point) {
      if (fate.strikes(point)) {
        throw new Killed();
      }
    }

    Ended toTheEnd() throws IOException {
      goOnTo(entries.size());
      boolean done = false;
      while (!done) {
        try {
          LearnerLoop current = loop();
          while (next < entries.size()) {
            take(current);
          }
          current.advance(Long.MAX_VALUE);
          checkpoint(current);
          done = true;
        } catch (RuntimeException e) {
          die(e);
        }
      }
      LearnerDelta state = loop().learner().undrained();
      readCommitted();
      return new Ended(
          state.servingHash() + " " + state.learnerHash(),
          List.copyOf(evaluations),
          new TreeMap<>(committed),
          kills);
    }

    void goOnTo(int end) throws IOException {
      while (next < end) {
        try {
          take(loop());
        } catch (RuntimeException e) {
          die(e);
        }
      }
    }

    private void take(LearnerLoop current) throws IOException {
      Entry entry = entries.get(next);
      next++;
      if (entry instanceof Entry.Predict predict) {
        current.predict(predict);
      } else {
        current.train((Entry.Train) entry);
      }
      if (next == commandAt) {
        if (!sent) {
          log.send(command != null ? command : rollback());
          sent = true;
        }
        current.tick();
        hashAfterRollback = newest().stateHash();
      }
      if (next % CHECKPOINT_EVERY == 0) {
        checkpoint(current);
      }
    }

    /** Every third notification gets lost. */
    private void checkpoint(LearnerLoop current) throws IOException {
      long id = ++checkpoint;
      byte[] bytes = saved(current, id, false);
      largestCheckpoint = Math.max(largestCheckpoint, bytes.length);
      reach(Moment.SNAPSHOT_TAKEN);
      complete = bytes;
      completeNext = next;
      completeEvaluations = evaluations.size();
      reach(Moment.CHECKPOINT_COMPLETE);
      if (id % 3 != 0 || next == entries.size()) {
        current.completed(id);
      }
      if (id % 4 == 0) {
        readCommitted();
      }
    }

    private static byte[] saved(LearnerLoop current, long id, boolean whole) throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      current.save(id, whole, new DataOutputStream(bytes));
      return bytes.toByteArray();
    }

    void savepoint(WhatIsLeft left) throws IOException {
      complete = saved(loop(), ++checkpoint, true);
      completeNext = next;
      completeEvaluations = evaluations.size();
      readCommitted();
      if (left == WhatIsLeft.NOTHING) {
        log = newLog();
        commitsReadTo = 0;
      }
      loop = null;
    }

    private LearnerLoop loop() throws IOException {
      LearnerLoop current = loop;
      if (current == null) {
        current = begin();
        loop = current;
      }
      return current;
    }

    private LearnerLoop begin() throws IOException {
      Publication.Port port =
          new Publication.Port(
              log.open(false, this::reach), this::now, RandomLog.INPUTS::nameOf, "test");
      LearnerFamily family = LearnerFamilies.named(model.family());
      if (ruins != null) {
        family = new DivergingFamily(family, ruins);
      }
      if (complete == null) {
        return LearnerLoop.start(model, plan, family, port, evaluations::add);
      }
      return LearnerLoop.resume(
          model,
          plan,
          family,
          Hardware.PROCESSOR,
          port,
          evaluations::add,
          new DataInputStream(new ByteArrayInputStream(complete)));
    }

    /** What lies in memory is gone; what came after the last complete checkpoint comes again. */
    private void die(RuntimeException cause) {
      Throwable reason = cause;
      while (reason != null && !(reason instanceof Killed)) {
        reason = reason.getCause();
      }
      if (reason == null) {
        throw cause;
      }
      kills++;
      loop = null;
      next = complete == null ? 0 : completeNext;
      int kept = complete == null ? 0 : completeEvaluations;
      evaluations.subList(kept, evaluations.size()).clear();
    }

    /**
     * @param step of the version to go back to; null for one of the newest committed ones
     */
    void rollBackAt(int entry, @Nullable Long step) {
      commandAt = entry;
      targetStep = step;
    }

    void commandAt(int entry, Command what) {
      commandAt = entry;
      command = what;
    }

    private Command rollback() {
      Version newest = committedNow();
      List<VersionFacts> live = new ArrayList<>(live());
      live.removeIf(facts -> facts.version().number() > newest.number());
      VersionFacts chosen = live.get(live.size() - 4);
      if (targetStep != null) {
        chosen =
            live.stream().filter(facts -> facts.step() == targetStep).findFirst().orElseThrow();
      }
      rolledBackTo = chosen;
      return Command.rollback("back", chosen.version(), chosen.stateHash(), 0);
    }

    private Version committedNow() {
      try (LogFeed feed = log.feed()) {
        return java.util.Objects.requireNonNull(feed.index().committed());
      }
    }

    VersionFacts rolledBackTo() {
      return java.util.Objects.requireNonNull(rolledBackTo);
    }

    HashValue hashAfterRollback() {
      return java.util.Objects.requireNonNull(hashAfterRollback);
    }

    List<Decision> decisions(Decision.Kind kind) {
      return log.decisions().stream().filter(decision -> decision.kind() == kind).toList();
    }

    List<Object> refusedAt() {
      return decisions(Decision.Kind.REFUSED).stream()
          .map(
              decision -> (Object) List.of(decision.at(), decision.skipped(), decision.stateHash()))
          .toList();
    }

    private List<VersionFacts> live() {
      Map<Version, VersionFacts> versions = new TreeMap<>();
      try (LogFeed feed = log.feed()) {
        while (feed.position() < feed.end()) {
          for (LogRecord record : feed.poll(Duration.ZERO)) {
            if (record.entry() instanceof LogEntry.Manifest manifest) {
              versions.put(manifest.facts().version(), manifest.facts());
            } else if (record.entry() instanceof LogEntry.Claim claim) {
              versions
                  .keySet()
                  .removeIf(
                      version -> claim.base() == null || version.number() > claim.base().number());
            }
          }
        }
      }
      return List.copyOf(versions.values());
    }

    VersionFacts newest() {
      List<VersionFacts> live = live();
      return live.get(live.size() - 1);
    }

    /** The examples that live versions say were unlearnt. */
    List<String> skipped() {
      List<String> names = new ArrayList<>();
      for (VersionFacts facts : live()) {
        facts
            .skipped()
            .forEach(
                (partition, offsets) ->
                    offsets.forEach(offset -> names.add(partition + "-" + offset)));
      }
      return names;
    }

    /** What readers of committed versions have seen by now. */
    private void readCommitted() {
      Map<Version, LogEntry.Manifest> versions = new TreeMap<>();
      List<LogRecord> records = new ArrayList<>();
      try (LogFeed feed = log.feed()) {
        while (feed.position() < feed.end()) {
          records.addAll(feed.poll(Duration.ZERO));
        }
      }
      for (LogRecord record : records) {
        if (record.entry() instanceof LogEntry.Manifest manifest) {
          versions.put(manifest.facts().version(), manifest);
        } else if (record.entry() instanceof LogEntry.Claim claim) {
          versions
              .keySet()
              .removeIf(
                  version -> claim.base() == null || version.number() > claim.base().number());
        } else if (record.entry() instanceof LogEntry.Commit commit
            && record.offset() >= commitsReadTo) {
          commitsReadTo = record.offset() + 1;
          versions.forEach(
              (version, manifest) -> {
                if (version.number() <= commit.version().number()
                    && !manifest.facts().gate().startsWith("rolled back")) {
                  String seen = manifest.facts().stateHash() + " " + manifest.facts().eventTime();
                  String before = committed.put(manifest.facts().step(), seen);
                  assertThat(before).as("a committed version stays").isIn(null, seen);
                }
              });
        }
      }
    }

    long lastEpoch() throws IOException {
      return evaluations.get(evaluations.size() - 1).epoch();
    }

    int largestCheckpoint() {
      return largestCheckpoint;
    }

    int wholeStateBytes() throws IOException {
      return saved(loop(), ++checkpoint, true).length;
    }
  }
}
