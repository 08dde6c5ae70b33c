package io.freshet.job.learner;

import io.freshet.learning.Learner;
import io.freshet.modellog.ModelLog;
import io.freshet.modellog.Version;
import io.freshet.modellog.VersionFacts;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettingsJson;
import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.RowTable;
import io.freshet.scoring.state.StateDelta;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns round ends into versions. The clock only chooses which round ends are published; publishing
 * never changes the learner. The first version of an epoch holds the whole state, so that readers
 * of any earlier state can take it.
 */
public final class Publication implements AutoCloseable {

  /**
   * What a publication needs from outside.
   *
   * @param log taken over when the publication starts
   * @param clock milliseconds of wall time
   * @param partitionName of an input partition, for the lineage
   * @param code version of Freshet
   */
  public record Port(
      ModelLog log, LongSupplier clock, IntFunction<String> partitionName, String code) {}

  private record RoundEnd(long eventTime, Map<String, Long> lineage, Map<String, Double> metrics) {}

  private final ModelSettings settings;
  private final Port port;
  private final String settingsJson;
  private final long epoch;
  private final TreeMap<Long, Version> checkpoints = new TreeMap<>();
  private @Nullable Version version;
  private HashValue versionHash;
  private boolean first = true;
  private long number;
  private long publishedAt;
  private long anchoredAt;
  private @Nullable RoundEnd unpublished;

  private Publication(
      ModelSettings settings, Port port, @Nullable Version base, HashValue baseHash) {
    this.settings = settings;
    this.port = port;
    this.settingsJson = ModelSettingsJson.write(settings);
    this.version = base;
    this.versionHash = baseHash;
    this.epoch = port.log().claim(base, baseHash);
    this.number = Math.max(base == null ? 0 : base.number(), port.log().highestNumber());
    this.publishedAt = port.clock().getAsLong() - settings.publish().everyMs();
  }

  static Publication start(ModelSettings settings, Port port) {
    return new Publication(settings, port, null, HashValue.EMPTY);
  }

  static Publication resume(ModelSettings settings, Port port, DataInput in) throws IOException {
    long epoch = in.readLong();
    long number = in.readLong();
    HashValue hash = new HashValue(in.readLong(), in.readLong());
    return new Publication(settings, port, number == 0 ? null : new Version(epoch, number), hash);
  }

  void save(long checkpoint, DataOutput out) throws IOException {
    out.writeLong(version == null ? 0 : version.epoch());
    out.writeLong(version == null ? 0 : version.number());
    out.writeLong(versionHash.high());
    out.writeLong(versionHash.low());
    if (version != null && version.epoch() == epoch) {
      checkpoints.put(checkpoint, version);
    }
  }

  void completed(long checkpoint) {
    Map.Entry<Long, Version> covered = checkpoints.floorEntry(checkpoint);
    if (covered != null) {
      port.log().commit(covered.getValue());
      checkpoints.headMap(checkpoint, true).clear();
    }
  }

  long epoch() {
    return epoch;
  }

  void roundEnded(
      Learner learner, long eventTime, Map<Integer, Long> lineage, Map<String, Double> metrics) {
    Map<String, Long> named = new TreeMap<>();
    lineage.forEach(
        (partition, offset) -> named.put(port.partitionName().apply(partition), offset));
    unpublished = new RoundEnd(eventTime, named, metrics);
    tick(learner);
  }

  /** A round end is only a version while the learner stands there. */
  void beforeStep(Learner learner) {
    tick(learner);
    unpublished = null;
  }

  void tick(Learner learner) {
    RoundEnd end = unpublished;
    if (end == null) {
      return;
    }
    long now = port.clock().getAsLong();
    if (now - publishedAt >= settings.publish().everyMs()) {
      publish(learner, end, now);
      unpublished = null;
    }
  }

  private void publish(Learner learner, RoundEnd end, long now) {
    StateDelta changed = learner.drain().serving();
    Version next = new Version(epoch, ++number);
    Map<String, Long> rowCounts = new HashMap<>();
    for (RowTable table : learner.servingState().tables().values()) {
      rowCounts.put(table.name(), (long) table.size());
    }
    VersionFacts facts =
        new VersionFacts(
            next,
            first ? null : version,
            first ? HashValue.EMPTY : versionHash,
            learner.servingHash(),
            learner.step(),
            end.eventTime(),
            rowCounts,
            end.lineage(),
            end.metrics(),
            "passed",
            settingsJson,
            settings.seed(),
            learner.engine(),
            port.code());
    port.log().publish(facts, first ? StateDelta.whole(learner.servingState()) : changed);
    if (first || now - anchoredAt >= settings.publish().anchorEveryMs()) {
      port.log().anchor(facts, learner.servingState().copy());
      anchoredAt = now;
    }
    first = false;
    version = next;
    versionHash = facts.stateHash();
    publishedAt = now;
  }

  @Override
  public void close() {
    port.log().close();
  }
}
