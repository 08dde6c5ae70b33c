package io.freshet.cli.run;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.cli.CommandFailed;
import org.junit.jupiter.api.Test;

class MovementTest {

  private static JobProgress.Snapshot at(long watermark) {
    return new JobProgress.Snapshot(watermark, 7, 0, true, null);
  }

  @Test
  void aRunInWhichNothingMovesForMinutesFailsSayingWhereItStands() {
    Movement movement = new Movement(100, 0);
    movement.check(1_000, 5, at(10), 3);
    movement.check(170_000, 5, at(10), 3);
    movement.check(175_000, 5, at(11), 3);
    movement.check(350_000, 5, at(11), 3);
    assertThatThrownBy(() -> movement.check(356_000, 5, at(11), 3))
        .isInstanceOf(CommandFailed.class)
        .hasMessageContaining("nothing did for 180 s: 5 events sent, learners at 11");
  }

  @Test
  void aSlowSourceMayBeSilent() {
    Movement movement = new Movement(0.1, 0);
    movement.check(1_000, 5, at(10), 3);
    assertThatCode(() -> movement.check(900_000, 5, at(10), 3)).doesNotThrowAnyException();
  }
}
