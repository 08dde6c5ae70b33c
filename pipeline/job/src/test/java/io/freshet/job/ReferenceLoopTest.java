package io.freshet.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.learner.ReferenceLoop;
import io.freshet.job.replay.SequentialReplay;
import io.freshet.scoring.feature.HistoryPlan;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelsFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReferenceLoopTest {

  private final ModelsFile models = TestModels.file(1);
  private final ModelSettings model = models.models().get(0);
  private final HistoryPlan plan = HistoryPlan.of(models.models());
  private final List<Entry> entries =
      SequentialReplay.entries(models, RandomLog.partitions(5, 600));
  private final List<Evaluation> said = new ArrayList<>();

  private ReferenceLoop start(long now) {
    return ReferenceLoop.start(model, plan, models.stream().labelAction(), said::add, now);
  }

  private ReferenceLoop resume(byte[] saved, long now) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(saved));
    return ReferenceLoop.resume(model, plan, models.stream().labelAction(), said::add, now, in);
  }

  private static byte[] saved(ReferenceLoop loop) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    loop.save(1, false, new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  private List<Evaluation> taught(ReferenceLoop loop, List<Entry> what) {
    said.clear();
    SequentialReplay.teach(what, loop);
    return List.copyOf(said);
  }

  @Test
  void eachAttemptSaysTheSameUnderAHigherEpochThanTheOneThatItGoesOnFrom() throws IOException {
    int half = entries.size() / 2;
    ReferenceLoop first = start(100);
    taught(first, entries.subList(0, half));
    byte[] checkpoint = saved(first);
    List<Evaluation> lost = taught(first, entries.subList(half, entries.size()));
    List<Evaluation> again = taught(resume(checkpoint, 500), entries.subList(half, entries.size()));

    assertThat(lost).isNotEmpty().allSatisfy(one -> assertThat(one.epoch()).isEqualTo(100));
    assertThat(again).hasSameSizeAs(lost).allSatisfy(one -> assertThat(one.epoch()).isEqualTo(500));
    for (int i = 0; i < lost.size(); i++) {
      assertThat(again.get(i).step()).isEqualTo(lost.get(i).step());
      assertThat(again.get(i).rows()).isEqualTo(lost.get(i).rows());
    }

    // A clock that went back makes no attempt the older one.
    List<Evaluation> behind = taught(resume(checkpoint, 7), entries.subList(half, entries.size()));
    assertThat(behind).allSatisfy(one -> assertThat(one.epoch()).isEqualTo(101));
  }
}
