package io.freshet.modellog;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.scoring.state.HashValue;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LogTailTest {

  private static LogRecord chunk(long offset, int bytes) {
    return new LogRecord(
        offset, new LogEntry.Chunk(new Version(1, 1), false, 0, HashValue.EMPTY, bytes, List.of()));
  }

  @Test
  void givesWhatWasReadFromAnOffsetOn() {
    LogTail tail = new LogTail(10);
    tail.add(chunk(11, 100));
    tail.add(chunk(15, 100));

    assertThat(tail.covers(10)).isTrue();
    assertThat(tail.from(12)).extracting(LogRecord::offset).containsExactly(15L);
    assertThat(tail.covers(9)).as("what lies before it was not read").isFalse();
  }

  @Test
  void keepsNothingOfWhatIsLargerThanItsLimit() {
    LogTail tail = new LogTail(10);
    tail.add(chunk(11, 200 << 20));
    assertThat(tail.covers(10)).isTrue();
    tail.add(chunk(12, 200 << 20));

    assertThat(tail.covers(10)).isFalse();
    assertThat(tail.from(10)).isEmpty();
  }
}
