package io.freshet.cli;

import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.modellog.KafkaModelLog;
import io.freshet.modellog.ModelLog;
import io.freshet.modellog.TopicNames;
import io.freshet.modellog.Version;
import io.freshet.modellog.VersionFacts;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettingsJson;
import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.LearnerDelta;
import io.freshet.scoring.state.LearnerState;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.StateDelta;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A model's log in Kafka with versions that a test makes: version N has learnt up to N s and is
 * published at N times 10 s.
 */
final class WrittenLog implements AutoCloseable {

  private final ModelSettings settings;
  private final AtomicLong wall = new AtomicLong();
  private final ModelLog log;
  private final long epoch;
  private @Nullable VersionFacts newest;

  WrittenLog(KafkaAccess kafka, String model, ModelSettings settings) {
    this.settings = settings;
    this.log =
        KafkaModelLog.open(
            kafka.client(),
            new TopicNames(kafka.topics().prefix(), model),
            () -> Instant.ofEpochMilli(wall.get()),
            false);
    this.epoch = log.claim(null, HashValue.EMPTY);
  }

  /** The first version. */
  void publish(ModelState state) {
    publish(state, LearnerDelta.whole(LearnerState.servingOnly(state)));
  }

  /** The next one, which {@code changed} led to. */
  void publish(ModelState state, StateDelta changed) {
    publish(state, LearnerDelta.servingOnly(changed, state.computeHash()));
  }

  private void publish(ModelState state, LearnerDelta delta) {
    VersionFacts parent = newest;
    long number = parent == null ? 1 : parent.version().number() + 1;
    Map<String, Long> rows = new HashMap<>();
    state.tables().forEach((name, table) -> rows.put(name, (long) table.size()));
    VersionFacts facts =
        new VersionFacts(
            new Version(epoch, number),
            parent == null ? null : parent.version(),
            parent == null ? HashValue.EMPTY : parent.stateHash(),
            state.computeHash(),
            number,
            1_000 * number,
            rows,
            Map.of(),
            Map.of(),
            "passed",
            ModelSettingsJson.write(settings),
            1,
            "java",
            "test");
    wall.set(10_000 * number);
    log.publish(facts, delta);
    newest = facts;
  }

  @Override
  public void close() {
    log.close();
  }
}
