package io.freshet.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.freshet.scoring.settings.InvalidSettings;
import io.freshet.scoring.settings.ModelsFile;
import io.freshet.scoring.settings.ModelsFileReader;
import io.freshet.scoring.settings.SettingsDefaults;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JobSettingsTest {

  @Test
  void whatNoLearnerCanDoIsRefusedAtTheDoorAllAtOnce() {
    ModelsFile models =
        new ModelsFileReader(Map.of("din", List.of("djl")), SettingsDefaults.LIVE)
            .read(
                """
                models:
                  prior:
                    family: din
                    features: [{name: item, from: item.id, as: id, size: 4}]
                    warmStart: {from: old}
                    device: gpu
                """);

    assertThatExceptionOfType(InvalidSettings.class)
        .isThrownBy(
            () ->
                new JobSettings(
                    models,
                    RandomLog.INPUTS,
                    model -> {
                      throw new AssertionError("no log may be opened");
                    },
                    0,
                    true,
                    SlotRequests.NONE,
                    "test"))
        .satisfies(
            refused ->
                assertThat(refused.problems())
                    .hasSize(4)
                    .anyMatch(problem -> problem.startsWith("parallelism: must be at least 1"))
                    .anyMatch(
                        problem ->
                            problem.startsWith("models.prior.device: must not be gpu")
                                && problem.contains("train --flink")
                                && problem.contains("auto"))
                    .anyMatch(problem -> problem.startsWith("models.prior.warmStart: must be left"))
                    .anyMatch(
                        problem -> problem.startsWith("models.prior: must not have the name")));
  }
}
