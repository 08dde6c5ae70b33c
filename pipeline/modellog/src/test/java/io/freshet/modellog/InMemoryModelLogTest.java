package io.freshet.modellog;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class InMemoryModelLogTest extends ModelLogContract {

  private final AtomicLong clock = new AtomicLong();
  private final InMemoryModelLog log =
      new InMemoryModelLog("din", () -> Instant.ofEpochMilli(clock.get()));

  @Override
  ModelLog open(boolean rewind) {
    return log.open(rewind);
  }

  @Override
  LogFeed feed() {
    return log.feed();
  }

  @Override
  String model() {
    return "din";
  }

  @Override
  void appendRaw(byte[] value) {
    log.appendRaw(value);
  }

  @Override
  List<byte[]> rawLog() {
    return log.rawLog();
  }

  @Override
  void send(Command command) {
    log.send(command);
  }

  @Override
  int candidates() {
    return log.candidateChunks();
  }

  @Test
  void tenThousandVersionsLeaveTheSizeOfTheTopicsFlat() {
    ModelLog writer = open(false);
    TwoPartLearner learner = TwoPartLearner.start(writer);
    long largestEarly = 0;
    long largestLate = 0;
    for (int version = 0; version < 10_000; version++) {
      clock.addAndGet(250);
      learner.learn();
      Version published = learner.publish().version();
      if (version % 100 == 0) {
        learner.anchor();
      }
      if (version % 4 == 0) {
        learner.learn();
        Cut cut = learner.cut();
        writer.commit(published);
        writer.release(cut);
      }
      if (version < 2_000) {
        largestEarly = Math.max(largestEarly, log.bytes());
      } else {
        largestLate = Math.max(largestLate, log.bytes());
      }
    }
    assertThat(largestLate).isLessThan(largestEarly * 11 / 10);
    assertThat(feed().index().anchors()).hasSizeLessThan(16);
  }
}
