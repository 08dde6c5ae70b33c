package io.freshet.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.modellog.InMemoryModelLog;
import io.freshet.modellog.ModelLog;
import io.freshet.modellog.ScriptedLearner;
import io.freshet.modellog.Version;
import io.freshet.modellog.VersionFacts;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import io.freshet.scoring.state.StateDelta;
import io.freshet.scoring.state.StateHash;
import io.freshet.scoring.state.Tensor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UndoTest {

  private final InMemoryModelLog log = new InMemoryModelLog("din", () -> Instant.EPOCH);
  private final ModelLog writer = log.open();
  private final ScriptedLearner learner = new ScriptedLearner(writer).claim();

  private Reading reading(UndoLimit limit) {
    return new Reading(
        log, Reading.options(Isolation.SPECULATIVE).withUndoLimit(limit), new UniformModel());
  }

  @Test
  void retractedVersionsAreUndoneToTheClaimsBaseWithoutAnAnchor() {
    Reading reading = new Reading(log);
    learner.publish(1);
    VersionFacts base = learner.publish(2);
    ScriptedLearner.Saved checkpoint = learner.save();
    for (int value = 30; value < 40; value++) {
      learner.publish(value);
    }
    reading.toTheEnd();

    ScriptedLearner next = ScriptedLearner.resume(log.open(), checkpoint).claim();
    reading.toTheEnd();

    assertThat(reading.version()).isEqualTo(base.version());
    assertThat(reading.value()).isEqualTo(2);
    assertThat(reading.matches()).isTrue();
    assertThat(reading.way()).isEqualTo(Swap.Way.UNDONE);
    assertThat(reading.swaps.get(reading.swaps.size() - 1).facts()).isEqualTo(base);
    next.publish(3);
    reading.toTheEnd();
    assertThat(reading.version()).isEqualTo(new Version(2, 13));
    assertThat(reading.way()).as("a delta on the base applies directly").isEqualTo(Swap.Way.DELTA);
    assertThat(reading.value()).isEqualTo(3);
    assertThat(reading.gaps).isZero();
    assertThat(reading.heals).isZero();
  }

  @Test
  void anUndoneReaderAlsoTakesAWholeVersion() {
    Reading reading = new Reading(log);
    learner.publish(1);
    ScriptedLearner.Saved checkpoint = learner.save();
    learner.publish(20);
    reading.toTheEnd();
    ScriptedLearner next = ScriptedLearner.resume(log.open(), checkpoint).claim();
    next.publishWhole(1);
    next.publish(2);
    reading.toTheEnd();

    assertThat(reading.swaps).extracting(Swap::way).contains(Swap.Way.UNDONE);
    assertThat(reading.version()).isEqualTo(new Version(2, 4));
    assertThat(reading.value()).isEqualTo(2);
    assertThat(reading.gaps).isZero();
  }

  @Test
  void severalRetractionsAreUndoneOneAfterAnother() {
    Reading reading = new Reading(log);
    learner.publish(1);
    ScriptedLearner.Saved first = learner.save();
    learner.publish(2);
    ScriptedLearner.Saved second = learner.save();
    learner.publish(30);
    reading.toTheEnd();

    ScriptedLearner next = ScriptedLearner.resume(log.open(), second).claim();
    next.publish(4);
    reading.toTheEnd();
    assertThat(reading.value()).isEqualTo(4);
    ScriptedLearner.resume(log.open(), first).claim();
    reading.toTheEnd();

    assertThat(reading.version()).isEqualTo(new Version(1, 1));
    assertThat(reading.value()).isEqualTo(1);
    assertThat(reading.matches()).isTrue();
    assertThat(reading.heals).isZero();
  }

  @Test
  void versionsReadWhileCatchingUpCanBeUndoneToo() {
    learner.publish(1);
    learner.anchor();
    ScriptedLearner.Saved checkpoint = learner.save();
    learner.publish(20);
    Reading reading = new Reading(log).toTheEnd();
    assertThat(reading.swaps).hasSize(1);

    ScriptedLearner.resume(log.open(), checkpoint).claim();
    reading.toTheEnd();

    assertThat(reading.value()).isEqualTo(1);
    assertThat(reading.way()).isEqualTo(Swap.Way.UNDONE);
  }

  @Test
  void beyondTheBoundTheReaderHealsFromAnAnchor() {
    Reading reading = reading(new UndoLimit(2, Long.MAX_VALUE));
    learner.publish(1);
    learner.anchor();
    ScriptedLearner.Saved checkpoint = learner.save();
    learner.publish(20);
    learner.publish(30);
    learner.publish(40);
    reading.toTheEnd();

    ScriptedLearner.resume(log.open(), checkpoint).claim();
    reading.toTheEnd();

    assertThat(reading.value()).isEqualTo(1);
    assertThat(reading.way()).isEqualTo(Swap.Way.REBUILT);
    assertThat(reading.heals).isEqualTo(1);
  }

  @Test
  void beyondTheBoundInBytesTheReaderHealsFromAnAnchor() {
    Reading reading = reading(new UndoLimit(100, 10));
    learner.publish(1);
    learner.anchor();
    ScriptedLearner.Saved checkpoint = learner.save();
    learner.publish(20);
    reading.toTheEnd();

    ScriptedLearner.resume(log.open(), checkpoint).claim();
    reading.toTheEnd();

    assertThat(reading.value()).isEqualTo(1);
    assertThat(reading.way()).isEqualTo(Swap.Way.REBUILT);
  }

  @Test
  void nothingIsKeptBackOfWhatIsCommitted() {
    UndoLog undo = new UndoLog(UndoLimit.DEFAULT);
    ModelState state = ScriptedLearner.emptyState(2);
    StateDelta image = PreImage.of(state, StateDelta.whole(state));
    Reading reading = new Reading(log);
    learner.publish(1);
    reading.toTheEnd();
    Side side = java.util.Objects.requireNonNull(reading.pair.active());
    for (int number = 1; number <= 10; number++) {
      undo.add(new UndoLog.Step(number, image, side.manifest(), 0, PreImage.bytes(image)));
    }
    undo.forgetUpTo(new Version(1, 7));

    assertThat(undo.size()).isEqualTo(3);
    assertThat(undo.bytes()).isEqualTo(3 * PreImage.bytes(image));
    assertThat(undo.back(step -> step.number() == 7)).isEmpty();
    assertThat(undo.back(step -> step.number() == 9)).hasSize(2);
  }

  @Test
  void aChangedByteInWhatMustBePutBackIsFoundAndHealed() {
    List<ModelState> states = new ArrayList<>();
    Reading reading = new Reading(log, Isolation.SPECULATIVE, null, new UniformModel(states::add));
    learner.publish(1);
    ScriptedLearner.Saved checkpoint = learner.save();
    learner.publish(20);
    reading.toTheEnd();
    // The rebuilt side's memory changes where the undo does not look before it writes.
    states.get(0).table("rows").findOrInsert(4711);

    ScriptedLearner.resume(log.open(), checkpoint).claim();
    reading.toTheEnd();

    assertThat(reading.value()).isEqualTo(1);
    assertThat(reading.matches()).isTrue();
    assertThat(reading.gaps).isPositive();
    assertThat(reading.heals).isPositive();
  }

  @Test
  void aCommittedReaderNeverSeesWhatIsRetracted() {
    Reading reading = new Reading(log, Isolation.COMMITTED, null, new UniformModel());
    VersionFacts first = learner.publish(1);
    writer.commit(first.version());
    ScriptedLearner.Saved checkpoint = learner.save();
    learner.publish(20);
    learner.publish(30);
    reading.toTheEnd();
    ModelLog again = log.open();
    ScriptedLearner next = ScriptedLearner.resume(again, checkpoint).claim();
    VersionFacts second = next.publish(2);
    again.commit(second.version());
    reading.toTheEnd();

    assertThat(reading.swaps)
        .extracting(swap -> swap.facts().version())
        .containsExactly(first.version(), second.version());
    assertThat(reading.value()).isEqualTo(2);
  }

  @Test
  void theWayBackGivesTheSameBitsWhateverTheDeltaDid() {
    Random random = new Random(7);
    ModelState state =
        new ModelState(
            List.of(Tensor.zeros("w", 3), Tensor.zeros("v", 2)), List.of(new RowTable("t", 2)));
    StateHash hash = new StateHash();
    hash.reset(state.computeHash());
    List<StateDelta> ways = new ArrayList<>();
    List<io.freshet.scoring.state.HashValue> hashes = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      StateDelta delta = delta(random);
      ways.add(PreImage.of(state, delta));
      hashes.add(state.computeHash());
      state.apply(delta, hash);
    }
    for (int i = ways.size() - 1; i >= 0; i--) {
      state.apply(ways.get(i), hash);
      assertThat(state.computeHash()).isEqualTo(hashes.get(i)).isEqualTo(hash.value());
    }
    assertThat(state.table("t").size()).isZero();
  }

  /** Deletions, then rows, over two parts, with ids in both. */
  private static StateDelta delta(Random random) {
    List<StateDelta.Rows> parts = new ArrayList<>();
    long[] gone = random.longs(3, 0, 20).distinct().sorted().toArray();
    parts.add(new StateDelta.Rows("t", 2, new long[0], new float[0], gone));
    for (int part = 0; part < 2; part++) {
      long[] ids = random.longs(4, 0, 20).distinct().sorted().toArray();
      float[] values = new float[2 * ids.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = random.nextFloat();
      }
      parts.add(new StateDelta.Rows("t", 2, ids, values, new long[0]));
    }
    Tensor tensor = Tensor.zeros("w", 3);
    Arrays.fill(tensor.data(), random.nextFloat());
    return new StateDelta(random.nextBoolean() ? List.of(tensor) : List.of(), parts);
  }
}
