package io.freshet.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.learner.LearnerGauge;
import io.freshet.job.learner.LearnerGauges;
import io.freshet.job.learner.LearnerLoop;
import io.freshet.job.learner.Publication;
import io.freshet.job.replay.SequentialReplay;
import io.freshet.learning.Hardware;
import io.freshet.learning.LearnerFamilies;
import io.freshet.scoring.feature.HistoryPlan;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettingsJson;
import io.freshet.scoring.settings.ModelsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LearnerGaugesTest {

  @Test
  void aLoopShowsWhatItHasLearntAndKeepsNoGaugeThatItDoesNotSet() {
    ModelsFile models = TestModels.file(1);
    ModelSettings model = models.models().get(0);
    RecordingLog log = new RecordingLog(model.name());
    AtomicLong clock = new AtomicLong();
    Publication.Port port =
        new Publication.Port(
            log.open(), () -> clock.addAndGet(60_000), RandomLog.INPUTS::nameOf, "test");
    List<Evaluation> evaluations = new ArrayList<>();
    try (LearnerLoop loop =
        LearnerLoop.start(
            model,
            HistoryPlan.of(models.models()),
            LearnerFamilies.named(model.family()),
            port,
            evaluations::add)) {
      LearnerGauges gauges = loop.gauges();
      for (LearnerGauge kind : gauges.kinds()) {
        assertThat(gauges.get(kind)).as("%s of a loop that has seen nothing", kind).isNaN();
      }
      SequentialReplay.teach(SequentialReplay.entries(models, RandomLog.partitions(5, 600)), loop);
      loop.tick();

      assertThat(gauges.kinds()).hasSizeGreaterThanOrEqualTo(8);
      for (LearnerGauge kind : gauges.kinds()) {
        assertThat(gauges.get(kind)).as("%s", kind).isFinite();
      }
      assertThat(gauges.get(LearnerGauge.STEPS)).isEqualTo(loop.learner().step());
      assertThat(gauges.get(LearnerGauge.EXAMPLES))
          .isEqualTo(evaluations.stream().mapToInt(e -> e.rows().size()).sum());
      assertThat(gauges.get(LearnerGauge.VERSION))
          .isEqualTo(log.published().get(log.published().size() - 1).version().number());
      assertThat(gauges.get(LearnerGauge.LOG_LOSS)).isBetween(0.01, 2.0);
    }
  }

  @Test
  void aModelThatWouldHaveAGpuShowsThatItHasNoneAndItsVersionsSaySo() {
    ModelsFile models = TestModels.file(1);
    ModelSettings model =
        ModelSettingsJson.read(
            ModelSettingsJson.write(models.models().get(0))
                .replace("\"device\":\"cpu\"", "\"device\":\"auto\""));
    RecordingLog log = new RecordingLog(model.name());
    Publication.Port port =
        new Publication.Port(log.open(), () -> 0, RandomLog.INPUTS::nameOf, "test");
    try (LearnerLoop loop =
        LearnerLoop.start(
            model,
            HistoryPlan.of(models.models()),
            LearnerFamilies.named(model.family()),
            Hardware.without("the script found none"),
            port,
            evaluation -> {})) {
      SequentialReplay.teach(SequentialReplay.entries(models, RandomLog.partitions(5, 100)), loop);

      assertThat(loop.gauges().get(LearnerGauge.ON_GPU)).isZero();
      assertThat(loop.insteadOfGpu()).isEqualTo("the script found none");
      assertThat(log.published().get(0).engine()).endsWith("cpu (no gpu)");
    }
  }

  @Test
  void thePageOfMetricsNamesEveryGauge() throws IOException {
    String page = Files.readString(Path.of("../../docs/METRICS.md"));
    for (LearnerGauge kind : LearnerGauge.values()) {
      assertThat(page).contains("`" + kind.metric() + "`");
    }
  }
}
