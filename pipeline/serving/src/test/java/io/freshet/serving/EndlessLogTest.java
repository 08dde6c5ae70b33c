package io.freshet.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.modellog.Cut;
import io.freshet.modellog.InMemoryModelLog;
import io.freshet.modellog.ModelLog;
import io.freshet.modellog.ScriptedLearner;
import io.freshet.modellog.VersionFacts;
import io.freshet.serving.ReaderStats.Mode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever is written and read without end must not be kept without end. */
class EndlessLogTest {

  private static final int ANCHOR_EVERY = 20;
  private static final int CHECKPOINT_EVERY = 5;
  private static final int CHECKPOINTS_KEPT = 10;

  private final AtomicLong seconds = new AtomicLong();
  private final InMemoryModelLog log =
      new InMemoryModelLog("din", () -> Instant.ofEpochSecond(seconds.get()));
  private final Deque<Cut> checkpoints = new ArrayDeque<>();
  private final Follower speculative = follower(Isolation.SPECULATIVE);
  private final Follower committed = follower(Isolation.COMMITTED);
  private ModelLog writer = log.open();
  private ScriptedLearner learner = new ScriptedLearner(writer);
  private int versions;

  @BeforeEach
  void claim() {
    learner.claim();
  }

  private Follower follower(Isolation isolation) {
    return new Follower(
        log.feed(),
        settings -> new UniformModel(),
        new ServingPair(),
        ReaderOptions.of(Map.of(), "din", isolation).withFeatures(0, 0),
        seconds::get,
        new Silent());
  }

  /** Keeps nothing of what it is told, so that nothing here grows but the reader. */
  private static final class Silent implements ReaderEvents {

    @Override
    public void swapped(Swap swap) {}

    @Override
    public void refused(Refusal refusal, boolean gap) {
      throw new AssertionError(refusal.toString());
    }

    @Override
    public void healed(VersionFacts facts) {}

    @Override
    public void unreachable(String problem) {
      throw new AssertionError(problem);
    }
  }

  private void publish(int count) {
    for (int i = 0; i < count; i++) {
      versions++;
      seconds.incrementAndGet();
      VersionFacts facts = learner.publish(versions % 50);
      if (versions % ANCHOR_EVERY == 0) {
        learner.anchor();
      }
      if (versions % CHECKPOINT_EVERY == 0) {
        checkpoints.addLast(writer.cut(learner.nothing(), versions));
        writer.commit(facts.version());
        if (checkpoints.size() > CHECKPOINTS_KEPT) {
          checkpoints.removeFirst();
        }
        writer.release(checkpoints.getFirst());
      }
      speculative.step(Duration.ZERO);
      committed.step(Duration.ZERO);
    }
  }

  private void restart() {
    ScriptedLearner.Saved saved = learner.save();
    writer.commit(java.util.Objects.requireNonNull(saved.tip()));
    writer.close();
    writer = log.open();
    learner = ScriptedLearner.resume(writer, saved).claim();
  }

  private void requireFlat(long before, long now, String what) {
    assertThat((double) now)
        .as("bytes of %s after %d versions, %d before", what, versions, before)
        .isLessThan(1.05 * before);
  }

  @Test
  void twoThousandVersionsLeaveTopicsWriterAndReadersAsLargeAsAThousand() {
    publish(1_000);
    long topics = log.bytes();
    long writing = Retained.bytes(writer);
    long reading = Retained.bytes(speculative, committed);

    publish(2_000);

    requireFlat(topics, log.bytes(), "topics");
    requireFlat(writing, Retained.bytes(writer), "the writer and its topics in memory");
    requireFlat(reading, Retained.bytes(speculative, committed), "readers and their topics");
    assertThat(committed.mode()).isEqualTo(Mode.FOLLOWING);
  }

  @Test
  void hundredsOfAttemptsLeaveThemAsLargeAsAHundred() {
    for (int attempt = 0; attempt < 100; attempt++) {
      publish(ANCHOR_EVERY / 2);
      restart();
    }
    long topics = log.bytes();
    long reading = Retained.bytes(speculative, committed);

    for (int attempt = 0; attempt < 300; attempt++) {
      publish(ANCHOR_EVERY / 2);
      restart();
    }

    requireFlat(topics, log.bytes(), "topics");
    requireFlat(reading, Retained.bytes(speculative, committed), "readers and their topics");
  }
}
