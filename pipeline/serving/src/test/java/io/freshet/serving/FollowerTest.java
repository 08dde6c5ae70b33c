package io.freshet.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.modellog.InMemoryModelLog;
import io.freshet.modellog.ModelLog;
import io.freshet.modellog.ScriptedLearner;
import io.freshet.modellog.Version;
import io.freshet.modellog.VersionFacts;
import io.freshet.scoring.state.ModelState;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class FollowerTest {

  private final InMemoryModelLog log = new InMemoryModelLog("din", () -> java.time.Instant.EPOCH);
  private final ModelLog writer = log.open();
  private final ScriptedLearner learner = new ScriptedLearner(writer).claim();

  @Test
  void servesEveryVersionThatIsPublishedAndProvesItsMemory() {
    Reading reading = new Reading(log);
    for (int value = 1; value <= 10; value++) {
      VersionFacts facts = learner.publish(value);
      reading.toTheEnd();

      assertThat(reading.version()).isEqualTo(facts.version());
      assertThat(reading.value()).isEqualTo(value);
      assertThat(reading.matches()).isTrue();
    }
    assertThat(reading.swaps).hasSize(10);
    assertThat(reading.refusals).isEmpty();
  }

  @Test
  void startsFromTheNewestAnchorAndGoesOnWithItsDeltas() {
    for (int value = 1; value <= 10; value++) {
      learner.publish(value);
      if (value == 3 || value == 7) {
        learner.anchor();
      }
    }
    Reading fromAnchor = new Reading(log).toTheEnd();
    Reading fromStart = new Reading(copyOfLog(records -> records)).toTheEnd();

    assertThat(fromAnchor.version()).isEqualTo(new Version(1, 10));
    assertThat(fromAnchor.swaps).hasSize(1);
    assertThat(active(fromAnchor).computeHash())
        .isEqualTo(active(fromStart).computeHash())
        .isEqualTo(learner.stateHash());
    learner.publish(11);
    assertThat(fromAnchor.toTheEnd().value()).isEqualTo(11);
  }

  @Test
  void aMissingChunkIsRefusedAndTheOldVersionStays() {
    publishThree();
    Reading reading = new Reading(copyOfLog(records -> without(records, 3))).toTheEnd();

    assertThat(reading.version()).isEqualTo(new Version(1, 1));
    assertThat(reading.value()).isEqualTo(1);
    assertThat(reading.matches()).isTrue();
    assertThat(reading.mode()).isEqualTo(ReaderStats.Mode.WAITING);
    assertThat(reading.gaps).isEqualTo(1);
    assertThat(reading.reasons()).contains("1:2").contains("must have 1 chunks, 0 came");
  }

  @Test
  void aMissingVersionIsRefusedByItsParent() {
    publishThree();
    Reading reading = new Reading(copyOfLog(records -> without(without(records, 3), 3))).toTheEnd();

    assertThat(reading.version()).isEqualTo(new Version(1, 1));
    assertThat(reading.reasons()).contains("its parent must be held, which is 1:1, got 1:2");
  }

  @Test
  void aChunkWithAnotherHashIsRefused() {
    publishThree();
    Reading reading =
        new Reading(
                copyOfLog(
                    records -> {
                      byte[] chunk = records.get(3).clone();
                      chunk[chunk.length - 2] ^= 1; // within the last floats of the last row
                      records.set(3, chunk);
                      return records;
                    }))
            .toTheEnd();

    assertThat(reading.version()).isEqualTo(new Version(1, 1));
    assertThat(reading.reasons()).contains("chunk 0 of 1:2 must have hash");
  }

  @Test
  void aChunkThatCameTwiceChangesNothing() {
    publishThree();
    Reading reading =
        new Reading(
                copyOfLog(
                    records -> {
                      records.add(3, records.get(3));
                      return records;
                    }))
            .toTheEnd();

    assertThat(reading.version()).isEqualTo(new Version(1, 3));
    assertThat(reading.gaps).isZero();
    assertThat(reading.matches()).isTrue();
  }

  @Test
  void garbageBetweenVersionsIsCountedAndHarmless() {
    learner.publish(1);
    log.appendRaw("what is this".getBytes(StandardCharsets.UTF_8));
    log.appendRaw(new byte[0]);
    learner.publish(2);
    Reading reading = new Reading(log).toTheEnd();

    assertThat(reading.version()).isEqualTo(new Version(1, 2));
    assertThat(reading.gaps).isZero();
    assertThat(reading.refusals).hasSize(2);
    assertThat(reading.reasons()).contains("offset 3").contains("single-object marker");
  }

  @Test
  void aDeltaThatDoesNotGiveTheManifestsHashIsRefused() {
    learner.publish(1);
    // The learner's own memory changes behind its hash: its next manifest is wrong about the whole
    // state.
    learner.state().tensor("bias").data()[0] += 1;
    learner.publish(2);
    Reading reading = new Reading(log).toTheEnd();

    assertThat(reading.version()).isEqualTo(new Version(1, 1));
    assertThat(reading.value()).isEqualTo(1);
    assertThat(reading.matches()).isTrue();
    assertThat(reading.reasons()).contains("the state after applying must have hash");
  }

  @Test
  void aReaderWithAGapHealsFromTheNextAnchor() {
    Reading reading = new Reading(log);
    learner.publish(1);
    reading.toTheEnd();
    // A foreign version takes the place of the parent.
    learner.state().tensor("bias").data()[0] += 1;
    learner.publish(2);
    reading.toTheEnd();
    assertThat(reading.mode()).isEqualTo(ReaderStats.Mode.WAITING);
    assertThat(reading.value()).isEqualTo(1);

    ScriptedLearner next = ScriptedLearner.resume(log.open(), learner.save()).claim();
    next.publish(3);
    next.anchor();
    next.publish(4);
    reading.toTheEnd();

    assertThat(reading.value()).isEqualTo(4);
    assertThat(reading.matches()).isTrue();
    assertThat(reading.heals).isEqualTo(1);
    assertThat(reading.mode()).isEqualTo(ReaderStats.Mode.FOLLOWING);
    next.publish(5);
    assertThat(reading.toTheEnd().value()).isEqualTo(5);
  }

  @Test
  void oneFlippedBitInMemoryIsFoundAndHealed() {
    List<ModelState> states = new ArrayList<>();
    Reading reading = new Reading(log, Isolation.SPECULATIVE, null, new UniformModel(states::add));
    learner.publish(1);
    reading.toTheEnd();
    assertThat(reading.matches()).isTrue();
    flipOneBit(states.get(0));
    assertThat(reading.matches()).isFalse();

    learner.publish(2);
    learner.anchor();
    learner.publish(3);
    reading.toTheEnd();

    assertThat(reading.matches()).isTrue();
    assertThat(reading.value()).isEqualTo(3);
    assertThat(reading.gaps).isPositive();
    assertThat(reading.heals).isPositive();
  }

  @Test
  void aRestartFromTheNewestVersionGoesOnWithoutAHeal() {
    Reading reading = new Reading(log);
    learner.publish(1);
    learner.publish(2);
    reading.toTheEnd();
    ScriptedLearner next = ScriptedLearner.resume(log.open(), learner.save()).claim();
    next.publish(3);
    reading.toTheEnd();

    assertThat(reading.version()).isEqualTo(new Version(2, 3));
    assertThat(reading.gaps).isZero();
    assertThat(reading.heals).isZero();
  }

  @Test
  void aRestartFromAnOlderVersionTakesTheRetractedOnesBack() {
    Reading reading = new Reading(log);
    learner.publish(1);
    learner.anchor();
    learner.publish(2);
    ScriptedLearner.Saved checkpoint = learner.save();
    learner.publish(30);
    learner.publish(40);
    learner.anchor();
    reading.toTheEnd();
    assertThat(reading.value()).isEqualTo(40);

    ScriptedLearner next = ScriptedLearner.resume(log.open(), checkpoint).claim();
    reading.toTheEnd();
    assertThat(reading.value()).as("the base is served at once").isEqualTo(2);
    next.publish(3);
    reading.toTheEnd();

    assertThat(reading.version()).isEqualTo(new Version(2, 5));
    assertThat(reading.value()).isEqualTo(3);
    assertThat(reading.gaps).isZero();
    assertThat(reading.heals).isZero();
    assertThat(new Reading(log).toTheEnd().version()).isEqualTo(new Version(2, 5));
  }

  @Test
  void anAnchorOfTheBaseServesReadersOfTheNewAttempt() {
    learner.publish(1);
    ScriptedLearner.Saved checkpoint = learner.save();
    learner.publish(20);
    ScriptedLearner next = ScriptedLearner.resume(log.open(), checkpoint).claim();
    next.anchorBase();
    next.publish(2);
    Reading reading = new Reading(log).toTheEnd();

    assertThat(reading.version()).isEqualTo(new Version(2, 3));
    assertThat(reading.value()).isEqualTo(2);
    assertThat(reading.gaps).isZero();
  }

  @Test
  void aFreshStartOnAnOldLogReplacesEverything() {
    Reading reading = new Reading(log);
    learner.publish(1);
    learner.anchor();
    learner.publish(2);
    reading.toTheEnd();
    ScriptedLearner fresh = new ScriptedLearner(log.open()).claim();
    reading.toTheEnd();
    assertThat(reading.value()).as("the old version serves until there is another").isEqualTo(2);
    fresh.publish(9);
    reading.toTheEnd();

    assertThat(reading.version()).isEqualTo(new Version(2, 3));
    assertThat(reading.value()).isEqualTo(9);
    assertThat(new Reading(log).toTheEnd().value()).isEqualTo(9);
  }

  @Test
  void aWholeVersionAfterAClaimServesReadersOfAnythingElse() {
    Reading reading = new Reading(log);
    learner.publish(1);
    ScriptedLearner.Saved checkpoint = learner.save();
    learner.publish(20);
    reading.toTheEnd();
    ScriptedLearner next = ScriptedLearner.resume(log.open(), checkpoint).claim();
    next.publishWhole(1);
    next.publish(2);
    reading.toTheEnd();

    assertThat(reading.version()).isEqualTo(new Version(2, 4));
    assertThat(reading.value()).isEqualTo(2);
    assertThat(reading.matches()).isTrue();
    assertThat(reading.gaps).isZero();
    next.publish(3);
    assertThat(reading.toTheEnd().value()).isEqualTo(3);
  }

  @Test
  void aWaitingReaderGoesOnWithAWholeVersion() {
    publishThree();
    InMemoryModelLog broken = copyOfLog(records -> without(records, 3));
    Reading reading = new Reading(broken).toTheEnd();
    assertThat(reading.mode()).isEqualTo(ReaderStats.Mode.WAITING);
    new ScriptedLearner(broken.open()).claim().publish(9);
    reading.toTheEnd();

    assertThat(reading.value()).isEqualTo(9);
    assertThat(reading.heals).isEqualTo(1);
  }

  @Test
  void aCommittedReaderSeesOnlyWhatIsCommitted() {
    Reading reading = new Reading(log, Isolation.COMMITTED, null, new UniformModel());
    VersionFacts first = learner.publish(1);
    learner.publish(2);
    learner.anchor();
    reading.toTheEnd();
    assertThat(reading.version()).isNull();
    writer.commit(first.version());
    reading.toTheEnd();
    assertThat(reading.value()).isEqualTo(1);
    VersionFacts third = learner.publish(3);
    writer.commit(third.version());
    learner.publish(4);
    reading.toTheEnd();

    assertThat(reading.value()).isEqualTo(3);
    assertThat(new Reading(log, Isolation.COMMITTED, null, new UniformModel()).toTheEnd().value())
        .isEqualTo(3);
  }

  @Test
  void aPinnedReaderServesItsVersionAlone() {
    for (int value = 1; value <= 6; value++) {
      learner.publish(value);
      if (value % 2 == 0) {
        learner.anchor();
      }
    }
    Reading reading =
        new Reading(log, Isolation.SPECULATIVE, new Version(1, 5), new UniformModel()).toTheEnd();
    learner.publish(7);
    reading.toTheEnd();

    assertThat(reading.value()).isEqualTo(5);
    assertThat(reading.swaps).hasSize(1);
  }

  @Test
  void aPinnedVersionThatTheLogLacksIsNamed() {
    learner.publish(1);
    Reading reading =
        new Reading(log, Isolation.SPECULATIVE, new Version(1, 5), new UniformModel()).toTheEnd();

    assertThat(reading.version()).isNull();
    assertThat(reading.reasons()).contains("1:5").contains("pinned");
  }

  private void publishThree() {
    learner.publish(1);
    learner.publish(2);
    learner.publish(3);
  }

  private InMemoryModelLog copyOfLog(UnaryOperator<List<byte[]>> change) {
    InMemoryModelLog copy = new InMemoryModelLog("din", () -> java.time.Instant.EPOCH);
    change.apply(new ArrayList<>(log.rawLog())).forEach(copy::appendRaw);
    return copy;
  }

  private static List<byte[]> without(List<byte[]> records, int index) {
    records.remove(index);
    return records;
  }

  private static void flipOneBit(ModelState state) {
    float[] data = state.tensor("weights").data();
    data[3] = Float.intBitsToFloat(Float.floatToRawIntBits(data[3]) ^ 1);
  }

  private static Side active(Reading reading) {
    Side active = reading.pair.active();
    assertThat(active).isNotNull();
    return java.util.Objects.requireNonNull(active);
  }
}
