package io.freshet.job;

import io.freshet.modellog.Command;
import io.freshet.modellog.Cut;
import io.freshet.modellog.Decision;
import io.freshet.modellog.InMemoryModelLog;
import io.freshet.modellog.ModelLog;
import io.freshet.modellog.Restored;
import io.freshet.modellog.Version;
import io.freshet.modellog.VersionFacts;
import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.LearnerDelta;
import io.freshet.scoring.state.LearnerState;
import io.freshet.scoring.state.StateDelta;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
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
      public Restored restore(
          Cut checkpoint, Supplier<LearnerState> empty, @Nullable LearnerState saved) {
        return writer.restore(checkpoint, empty, saved);
      }

      @Override
      public long highestNumber() {
        return writer.highestNumber();
      }

      @Override
      public void publish(VersionFacts facts, LearnerDelta delta) {
        writer.publish(facts, delta);
        published.add(facts);
      }

      @Override
      public Cut cut(LearnerDelta undrained, long step) {
        return writer.cut(undrained, step);
      }

      @Override
      public void anchor(VersionFacts facts, LearnerState snapshot) {
        writer.anchor(facts, snapshot);
      }

      @Override
      public void release(Cut oldest) {
        writer.release(oldest);
      }

      @Override
      public void commit(Version version) {
        writer.commit(version);
        committed.add(version);
      }

      @Override
      public List<Decision> decisions() {
        return writer.decisions();
      }

      @Override
      public List<Command.Sent> commands(long from) {
        return writer.commands(from);
      }

      @Override
      public long commandsEnd() {
        return writer.commandsEnd();
      }

      @Override
      public void decide(Decision decision, StateDelta candidate) {
        writer.decide(decision, candidate);
      }

      @Override
      public LearnerState state(Version version, HashValue hash, Supplier<LearnerState> empty) {
        return writer.state(version, hash, empty);
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
