package io.freshet.job;

import io.freshet.modellog.InMemoryModelLog;
import io.freshet.modellog.ModelLog;
import io.freshet.modellog.Version;
import io.freshet.modellog.VersionFacts;
import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.StateDelta;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A log in memory that remembers the facts of each version, over all attempts at writing it. */
final class RecordingLog {

  private final InMemoryModelLog log;
  private final List<VersionFacts> published = new CopyOnWriteArrayList<>();
  private final List<Version> committed = new CopyOnWriteArrayList<>();

  RecordingLog(String model) {
    log = new InMemoryModelLog(model, InstantSource.fixed(Instant.EPOCH));
  }

  List<VersionFacts> published() {
    return published;
  }

  List<Version> committed() {
    return committed;
  }

  ModelLog open() {
    ModelLog writer = log.open();
    return new ModelLog() {
      @Override
      public long claim(@Nullable Version base, HashValue baseHash) {
        return writer.claim(base, baseHash);
      }

      @Override
      public long highestNumber() {
        return writer.highestNumber();
      }

      @Override
      public void publish(VersionFacts facts, StateDelta delta) {
        writer.publish(facts, delta);
        published.add(facts);
      }

      @Override
      public void anchor(VersionFacts facts, ModelState snapshot) {
        writer.anchor(facts, snapshot);
      }

      @Override
      public void commit(Version version) {
        writer.commit(version);
        committed.add(version);
      }

      @Override
      public Totals totals() {
        return writer.totals();
      }

      @Override
      public void close() {
        writer.close();
      }
    };
  }
}
