package io.freshet.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing of a cluster outlives its owner. */
class UndertakerTest {

  @TempDir Path directory;

  private Member sleeper(String name, Undertaker undertaker) {
    return new Member(name, List.of("sleep", "600"), Map.of(), directory, undertaker).start();
  }

  @Test
  void allThatIsLeftEndsWithTheOwnerEvenWhatIsPaused() throws Exception {
    Undertaker undertaker = new Undertaker();
    ProcessHandle running = handle(sleeper("running", undertaker));
    Member held = sleeper("held", undertaker);
    ProcessHandle paused = handle(held);
    held.pause();

    // What an owner's death does: the shell's input ends.
    undertaker.close();

    running.onExit().get(10, TimeUnit.SECONDS);
    paused.onExit().get(10, TimeUnit.SECONDS);
    assertThat(running.isAlive()).isFalse();
    assertThat(paused.isAlive()).isFalse();
  }

  @Test
  void aMemberThatWasKilledStartsAgainAsAnotherProcess() {
    try (Undertaker undertaker = new Undertaker()) {
      Member member = sleeper("member", undertaker);
      long before = member.pid();
      member.kill();
      assertThat(member.isRunning()).isFalse();
      assertThat(member.start().pid()).isNotEqualTo(before);
    }
  }

  private static ProcessHandle handle(Member member) {
    return ProcessHandle.of(member.pid()).orElseThrow();
  }
}
