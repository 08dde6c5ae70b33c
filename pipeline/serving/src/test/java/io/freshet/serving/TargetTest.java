package io.freshet.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.modellog.InMemoryModelLog;
import io.freshet.modellog.LogFeed;
import io.freshet.modellog.ModelLog;
import io.freshet.modellog.ScriptedLearner;
import io.freshet.modellog.Version;
import io.freshet.modellog.VersionFacts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Versions 1 to 9 had learnt up to 1 to 9 ms, and were published at 101 to 109 ms. */
class TargetTest {

  private final AtomicLong wallTime = new AtomicLong(100);
  private final InMemoryModelLog log =
      new InMemoryModelLog("din", () -> Instant.ofEpochMilli(wallTime.get()));
  private final ModelLog writer = log.open();
  private final ScriptedLearner learner = new ScriptedLearner(writer).claim();
  private final List<Long> ends = new ArrayList<>();

  private void publishNine() {
    for (int value = 1; value <= 9; value++) {
      wallTime.incrementAndGet();
      learner.publish(value);
      ends.add(log.feed().end());
      if (value == 4 || value == 7) {
        learner.anchor();
      }
    }
  }

  private static Target learnt(long time) {
    return Target.learntUpTo(Instant.ofEpochMilli(time));
  }

  private Reading open(Target target) {
    return open(target, log.feed(), Isolation.SPECULATIVE);
  }

  private static Reading open(Target target, LogFeed feed, Isolation isolation) {
    return new Reading(feed, Reading.options(isolation).withTarget(target), new UniformModel())
        .toTheEnd();
  }

  @Test
  void servesTheNewestVersionThatHadLearntUpToATime() {
    publishNine();
    for (int time = 1; time <= 8; time++) {
      Reading reading = open(learnt(time));

      assertThat(reading.value()).as("learnt up to %d", time).isEqualTo(time);
      assertThat(reading.swaps).hasSize(1);
      assertThat(reading.matches()).isTrue();
      assertThat(reading.refusals).isEmpty();
    }
  }

  @Test
  void servesTheNewestVersionThatWasPublishedUpToATime() {
    publishNine();
    for (int time = 101; time <= 108; time++) {
      Reading reading = open(Target.publishedUpTo(Instant.ofEpochMilli(time)));

      assertThat(reading.value()).as("published up to %d", time).isEqualTo(time - 100);
    }
  }

  @Test
  void aTimeThatIsStillToComeIsFollowedUpTo() {
    learner.publish(1);
    Reading reading = open(learnt(3));
    assertThat(reading.value()).isEqualTo(1);
    learner.publish(2);
    learner.publish(3);
    learner.publish(4);
    learner.publish(5);
    reading.toTheEnd();

    assertThat(reading.value()).isEqualTo(3);
    assertThat(reading.unreachable).isNull();
  }

  @Test
  void aVersionAfterOneBeyondTheTimeIsBeyondItWhateverItSays() {
    learner.publish(1);
    learner.publish(5);
    learner.publish(2);
    Reading reading = open(learnt(3));

    assertThat(reading.version()).isEqualTo(new Version(1, 1));
    assertThat(reading.gaps).isZero();
  }

  @Test
  void whatAClaimTookBackIsNotMeant() {
    learner.publish(1);
    ScriptedLearner.Saved checkpoint = learner.save();
    learner.publish(2);
    learner.publish(4);
    ScriptedLearner next = ScriptedLearner.resume(log.open(), checkpoint).claim();
    next.publish(3);
    next.publish(6);
    Reading reading = open(learnt(5));

    assertThat(reading.version()).isEqualTo(new Version(2, 4));
    assertThat(reading.value()).isEqualTo(3);
  }

  @Test
  void aCommittedReaderOpensAtTheNewestCommittedVersionUpToTheTime() {
    VersionFacts first = learner.publish(1);
    VersionFacts second = learner.publish(2);
    learner.publish(3);
    writer.commit(first.version());
    Reading reading = open(learnt(2), log.feed(), Isolation.COMMITTED);
    assertThat(reading.value()).isEqualTo(1);
    writer.commit(second.version());
    reading.toTheEnd();

    assertThat(reading.value()).isEqualTo(2);
    assertThat(reading.unreachable).isNull();
  }

  @Test
  void aTimeBeforeTheFirstVersionIsRefused() {
    publishNine();
    Reading reading = open(learnt(0));

    assertThat(reading.version()).isNull();
    assertThat(reading.unreachable)
        .contains("the last version learnt up to 1970-01-01T00:00:00Z must be on the live log")
        .contains("the oldest that can be reached is the chain's first");
  }

  @Test
  void aTimeWhoseDeltasAreGoneIsRefusedNamingTheOldestThatCanBeReached() {
    publishNine();
    // Deltas up to version 6 are gone: from the anchor at 4 nothing can follow.
    Reading reading =
        open(learnt(5), FailingFeed.from(log.feed(), ends.get(5)), Isolation.SPECULATIVE);

    assertThat(reading.version()).isNull();
    assertThat(reading.unreachable)
        .contains("1:7, learnt up to 1970-01-01T00:00:00.007Z")
        .contains("older ones only by name: 1:4");
    assertThat(reading.gaps).isZero();
  }

  @Test
  void aPinnedAnchorIsServedThoughItsDeltasAreGone() {
    publishNine();
    LogFeed trimmed = FailingFeed.from(log.feed(), ends.get(5));
    Reading reading = open(Target.version(new Version(1, 4)), trimmed, Isolation.SPECULATIVE);
    learner.publish(10);
    reading.toTheEnd();

    assertThat(reading.value()).isEqualTo(4);
    assertThat(reading.swaps).hasSize(1);
    assertThat(reading.refusals).isEmpty();
  }

  @Test
  void aPinnedVersionWhoseDeltasAreGoneIsRefusedNamingTheOldestThatCanBeReached() {
    publishNine();
    Reading reading =
        open(
            Target.version(new Version(1, 5)),
            FailingFeed.from(log.feed(), ends.get(5)),
            Isolation.SPECULATIVE);

    assertThat(reading.version()).isNull();
    assertThat(reading.unreachable).contains("pinned version 1:5").contains("is 1:7");
  }

  @Test
  void aReaderOfTheFreshestVersionIsNotDisturbedByDeletedDeltas() {
    publishNine();
    Reading reading =
        open(Target.FRESHEST, FailingFeed.from(log.feed(), ends.get(6)), Isolation.SPECULATIVE);

    assertThat(reading.value()).isEqualTo(9);
    assertThat(reading.gaps).isZero();
  }

  @Test
  void aReaderThatWasAwayForLongerThanTheLogGoesBackHealsFromAnAnchor() {
    FailingFeed feed = FailingFeed.from(log.feed(), 0);
    learner.publish(1);
    Reading reading = open(Target.FRESHEST, feed, Isolation.SPECULATIVE);
    for (int value = 2; value <= 9; value++) {
      learner.publish(value);
      if (value == 7) {
        learner.anchor();
        feed.first().set(log.feed().end());
      }
    }
    reading.toTheEnd();
    reading.toTheEnd(); // the first time it only finds that it must look for an anchor

    assertThat(reading.value()).isEqualTo(9);
    assertThat(reading.heals).isEqualTo(1);
    assertThat(reading.reasons()).contains("must still hold offset");
  }
}
