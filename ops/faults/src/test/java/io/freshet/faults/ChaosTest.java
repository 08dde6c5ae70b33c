package io.freshet.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.faults.Injector.Recovery;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@code ops/chaos}: real processes, real kills, by seed. */
class ChaosTest {

  private static final int FAULTS = 30;

  @TempDir Path directory;

  @Test
  void thirtyFaultsChangeNothingOfWhatIsLearntAndServed() {
    ChaosReport report =
        new Chaos(Chaos.Options.of(FAULTS, 1, 60, 300, directory), System.out).run();

    assertThat(report.verdict().problems()).isEmpty();
    assertThat(report.recoveries()).hasSize(FAULTS);
    assertThat(report.recoveries())
        .extracting((Recovery recovery) -> recovery.fault().kind())
        .contains(
            FaultKind.ALL_KILLED,
            FaultKind.BROKER_KILLED,
            FaultKind.JOB_MANAGER_KILLED,
            FaultKind.TASK_MANAGER_KILLED,
            FaultKind.LEARNER_PAUSED,
            FaultKind.BIT_FLIPPED);
    assertThat(report.verdict().examples()).isPositive();
    assertThat(report.verdict().versions()).isGreaterThan(FAULTS);
    assertThat(report.attempts().values()).allSatisfy(epoch -> assertThat(epoch).isGreaterThan(3));
  }
}
