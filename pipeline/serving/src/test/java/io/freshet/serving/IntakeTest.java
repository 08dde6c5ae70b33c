package io.freshet.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.modellog.InMemoryModelLog;
import io.freshet.modellog.ModelLog;
import io.freshet.modellog.ScriptedLearner;
import io.freshet.modellog.Version;
import io.freshet.modellog.VersionFacts;
import io.freshet.scoring.state.StateDelta;
import io.freshet.scoring.state.Tensor;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IntakeTest {

  private final InMemoryModelLog log = newLog("din");
  private final ModelLog writer = log.open();
  private final ScriptedLearner learner = new ScriptedLearner(writer).claim();

  private static InMemoryModelLog newLog(String model) {
    return new InMemoryModelLog(model, () -> Instant.EPOCH);
  }

  private static InMemoryModelLog logOf(List<byte[]> records) {
    InMemoryModelLog copy = newLog("din");
    records.forEach(copy::appendRaw);
    return copy;
  }

  @Test
  void recordsThatAreNoAvroAreSaidWithTheirPlace() {
    learner.publish(1);
    log.appendRaw("{\"not\": \"avro\"}".getBytes(StandardCharsets.UTF_8));
    assertHarmless("offset 3", "single-object marker");
  }

  @Test
  void recordsOfAnUnknownSchemaAreSaidWithTheirPlace() {
    learner.publish(1);
    log.appendRaw(new byte[] {(byte) 0xC3, 1, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0});
    assertHarmless("offset 3", "fingerprint 0807060504030201");
  }

  @Test
  void recordsOfAnotherModelAreSaidWithTheirPlace() {
    InMemoryModelLog other = newLog("other");
    new ScriptedLearner(other.open()).claim().publish(30);
    learner.publish(1);
    other.rawLog().forEach(log::appendRaw);
    assertHarmless("offset 3", "a record of model din must name it, got other");
  }

  @Test
  void recordsThatWereCutShortAreSaidWithTheirPlace() {
    learner.publish(1);
    byte[] manifest = log.rawLog().get(2);
    log.appendRaw(Arrays.copyOf(manifest, manifest.length - 5));
    assertHarmless("offset 3", "must be whole Avro");
  }

  private void assertHarmless(String... said) {
    long bad = log.feed().end() - 3;
    learner.publish(2);
    Reading reading = new Reading(log).toTheEnd();

    assertThat(reading.reasons()).contains(said);
    assertThat(reading.counts().unreadable()).isEqualTo(bad);
    assertThat(reading.value()).isEqualTo(2);
    assertThat(reading.matches()).isTrue();
    assertThat(reading.gaps).isZero();
  }

  @Test
  void aFloodOfGarbageIsSaidAFewTimesAndCounted() {
    Reading reading = new Reading(log);
    learner.publish(1);
    for (int i = 0; i < 2_000; i++) {
      log.appendRaw(new byte[] {1, 2, 3});
    }
    reading.toTheEnd();
    assertThat(reading.counts().unreadable()).isEqualTo(2_000);
    assertThat(reading.refusals).hasSize(8);
    assertThat(reading.reasons()).contains("what follows is counted and not said");

    learner.publish(2);
    log.appendRaw(new byte[] {4});
    reading.toTheEnd();
    assertThat(reading.value()).isEqualTo(2);
    assertThat(reading.refusals).as("after something good the next is said again").hasSize(9);
  }

  @Test
  void aZombiesRecordsFoolNeitherAFollowerNorAColdReader() {
    learner.publish(1);
    learner.publish(2);
    ScriptedLearner.Saved checkpoint = learner.save();
    int before = log.rawLog().size();
    VersionFacts lost = learner.publish(30);
    learner.publish(40);
    writer.commit(lost.version());
    List<byte[]> zombie = log.rawLog().subList(before, log.rawLog().size());
    InMemoryModelLog fenced = logOf(log.rawLog().subList(0, before));
    Reading follower = new Reading(fenced).toTheEnd();
    Reading committed = new Reading(fenced, Isolation.COMMITTED, null, new UniformModel());

    ScriptedLearner next = ScriptedLearner.resume(fenced.open(), checkpoint).claim();
    next.anchorBase();
    zombie.forEach(fenced::appendRaw);
    Reading cold = new Reading(fenced).toTheEnd();
    follower.toTheEnd();
    committed.toTheEnd();

    assertThat(cold.value()).isEqualTo(2);
    assertThat(follower.value()).isEqualTo(2);
    assertThat(cold.counts().foreign()).isEqualTo(2);
    assertThat(cold.reasons())
        .contains("must be written by attempt 2, which has claimed the log, got 1");
    next.publish(3);
    zombie.forEach(fenced::appendRaw);
    next.publish(4);
    for (Reading reading : List.of(cold, follower, new Reading(fenced))) {
      assertThat(reading.toTheEnd().value()).isEqualTo(4);
      assertThat(reading.gaps).isZero();
      assertThat(reading.heals).isZero();
    }
    assertThat(committed.toTheEnd().version()).as("a zombie commits nothing").isNull();
  }

  @Test
  void aLogReplayedFromAnotherClusterIsNeverServed() {
    InMemoryModelLog other = newLog("din");
    ScriptedLearner elsewhere = new ScriptedLearner(other.open()).claim();
    for (int attempt = 0; attempt < 4; attempt++) {
      ModelLog again = other.open();
      elsewhere = ScriptedLearner.resume(again, elsewhere.save()).claim();
      for (int value = 100; value < 120; value++) {
        VersionFacts facts = elsewhere.publish(value);
        again.commit(facts.version());
      }
    }
    Reading follower = new Reading(log);
    Reading committed = new Reading(log, Isolation.COMMITTED, null, new UniformModel());
    writer.commit(learner.publish(1).version());
    learner.publish(2);
    follower.toTheEnd();
    committed.toTheEnd();

    other.rawLog().forEach(log::appendRaw);
    follower.toTheEnd();
    committed.toTheEnd();
    assertThat(follower.value()).isEqualTo(2);
    assertThat(committed.value()).isEqualTo(1);
    assertThat(follower.counts().foreign()).isPositive();
    assertThat(follower.refusals).hasSizeLessThan(10);
    assertThat(follower.reasons())
        .contains("is not of this log: a claim after attempt 1 must be of a later one, got 1");

    writer.commit(learner.publish(3).version());
    learner.publish(4);
    for (Reading reading : List.of(follower, new Reading(log))) {
      assertThat(reading.toTheEnd().value()).isEqualTo(4);
      assertThat(reading.gaps).isZero();
    }
    assertThat(committed.toTheEnd().value()).isEqualTo(3);
  }

  @Test
  void aClaimWhoseIndexRecordIsLateIsBelievedOnceItIsThere() {
    FailingFeed feed = FailingFeed.from(log.feed(), 0);
    learner.publish(1);
    Reading reading =
        new Reading(feed, Reading.options(Isolation.SPECULATIVE), new UniformModel()).toTheEnd();
    feed.stuck().add(feed.index());
    ScriptedLearner next = ScriptedLearner.resume(log.open(), learner.save()).claim();
    next.publish(2);
    reading.toTheEnd();
    assertThat(reading.value()).isEqualTo(1);
    assertThat(reading.counts().foreign()).isEqualTo(2);

    feed.stuck().clear();
    reading.toTheEnd();
    assertThat(reading.value()).as("without a further version").isEqualTo(2);
    assertThat(reading.gaps).isZero();
  }

  @Test
  void anotherWritersChunksBetweenVersionsDoNotSpoilTheNext() {
    InMemoryModelLog other = newLog("din");
    ScriptedLearner elsewhere = new ScriptedLearner(other.open()).claim();
    elsewhere.publish(8);
    elsewhere.publish(9);
    learner.publish(1);
    log.appendRaw(other.rawLog().get(3)); // chunk 0 of another 1:2
    learner.publish(2);
    Reading reading = new Reading(log).toTheEnd();

    assertThat(reading.value()).isEqualTo(2);
    assertThat(reading.gaps).isZero();
  }

  @Test
  void lostReorderedAndFlippedChunksAreRefusedAndHealedByWhatFollows() {
    publishLarge();
    int first = log.rawLog().size();
    publishLarge();
    assertThat(log.rawLog().size() - first).as("chunks and a manifest").isGreaterThan(3);
    ScriptedLearner.Saved checkpoint = learner.save();
    Map<String, List<byte[]>> broken = new HashMap<>();
    broken.put("chunk 1 of 1:2 is missing", without(first + 1));
    broken.put("1:2 is missing", swapped(first, first + 1));
    broken.put("must have hash", flipped(first + 1, 4_000));
    broken.put("chunks, 0 came", withoutChunks(first));
    broken.forEach(
        (said, records) -> {
          InMemoryModelLog damaged = logOf(records);
          Reading reading = new Reading(damaged).toTheEnd();
          assertThat(reading.version()).as(said).isEqualTo(new Version(1, 1));
          assertThat(reading.matches()).isTrue();
          assertThat(reading.reasons()).contains(said);

          ScriptedLearner next = ScriptedLearner.resume(damaged.open(), checkpoint).claim();
          next.anchorBase();
          next.publish(7);
          reading.toTheEnd();
          assertThat(reading.version()).as(said).isEqualTo(new Version(2, 3));
          assertThat(reading.matches()).isTrue();
        });
  }

  @Test
  void whicheverBitFlipsOnlyTrueStatesAreServed() {
    Map<Version, VersionFacts> truth = new HashMap<>();
    for (int value = 1; value <= 6; value++) {
      VersionFacts facts = learner.publish(value);
      truth.put(facts.version(), facts);
    }
    Random random = new Random(11);
    int served = 0;
    for (int i = 0; i < 400; i++) {
      List<byte[]> records = new ArrayList<>(log.rawLog());
      int at = random.nextInt(records.size());
      byte[] record = records.get(at).clone();
      record[random.nextInt(record.length)] ^= (byte) (1 << random.nextInt(8));
      records.set(at, record);
      Reading reading = new Reading(logOf(records)).toTheEnd();
      for (Swap swap : reading.swaps) {
        assertThat(truth.values())
            .as("bit flipped in record %d", at)
            .extracting(VersionFacts::stateHash)
            .contains(swap.facts().stateHash());
      }
      if (reading.version() != null) {
        assertThat(reading.matches()).isTrue();
        assertThat(reading.value()).isNotNaN();
        served++;
      }
    }
    assertThat(served).isGreaterThan(200);
  }

  private void publishLarge() {
    long[] ids = new long[100_000];
    Arrays.setAll(ids, i -> i);
    float[] values = new float[2 * ids.length];
    Arrays.fill(values, (float) log.rawLog().size());
    learner.publish(
        new StateDelta(
            List.of(Tensor.zeros("weights", 2, 3), Tensor.zeros("bias", 1)),
            List.of(new StateDelta.Rows("rows", 2, ids, values, new long[0]))),
        1);
  }

  private List<byte[]> without(int index) {
    List<byte[]> records = new ArrayList<>(log.rawLog());
    records.remove(index);
    return records;
  }

  private List<byte[]> withoutChunks(int first) {
    List<byte[]> records = new ArrayList<>(log.rawLog());
    records.subList(first, records.size() - 1).clear();
    return records;
  }

  private List<byte[]> swapped(int one, int other) {
    List<byte[]> records = new ArrayList<>(log.rawLog());
    Collections.swap(records, one, other);
    return records;
  }

  private List<byte[]> flipped(int index, int at) {
    List<byte[]> records = new ArrayList<>(log.rawLog());
    byte[] record = records.get(index).clone();
    record[at] ^= 1;
    records.set(index, record);
    return records;
  }
}
