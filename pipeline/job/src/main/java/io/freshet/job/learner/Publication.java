package io.freshet.job.learner;

import io.freshet.learning.Learner;
import io.freshet.modellog.Cut;
import io.freshet.modellog.ModelLog;
import io.freshet.modellog.Restored;
import io.freshet.modellog.Version;
import io.freshet.modellog.VersionFacts;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettingsJson;
import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.LearnerDelta;
import io.freshet.scoring.state.RowTable;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns round ends into versions. The clock only chooses which round ends are published; publishing
 * never changes the learner. The first version of a chain holds the whole state; after a restore
 * the first one is a delta on the version that was restored from.
 */
public final class Publication implements AutoCloseable {

  /**
   * What a publication needs from outside.
   *
   * @param log taken over when the publication starts
   * @param clock milliseconds of wall time
   * @param partitionName of an input partition, for the lineage
   * @param code version of Freshet
   * @param cpuNanos processor time of the learner's thread so far; always 0 where it is not
   *     measured
   */
  public record Port(
      ModelLog log,
      LongSupplier clock,
      IntFunction<String> partitionName,
      String code,
      LongSupplier cpuNanos) {

    /** Without a measure of processor time. */
    public Port(ModelLog log, LongSupplier clock, IntFunction<String> partitionName, String code) {
      this(log, clock, partitionName, code, () -> 0);
    }
  }

  /**
   * What a version says of the round that it ends.
   *
   * @param eventTime up to which the stream has been learnt
   * @param lineage highest offset by input partition, copied
   * @param verdict of the gate
   * @param skipped the examples that were unlearnt at this round's end
   * @param atOnce whether readers must not wait for it any longer than its way takes
   */
  record RoundEnd(
      long eventTime,
      Map<Integer, Long> lineage,
      Map<String, Double> metrics,
      String verdict,
      Offsets skipped,
      boolean atOnce) {

    RoundEnd {
      lineage = new TreeMap<>(lineage);
    }

    /** Without a gate. */
    RoundEnd(
        long eventTime, Map<Integer, Long> lineage, Map<String, Double> metrics, String verdict) {
      this(eventTime, lineage, metrics, verdict, new Offsets(), false);
    }

    /** After a refusal the learner stands at its last good state, which readers are to hold. */
    RoundEnd(
        long eventTime,
        Map<Integer, Long> lineage,
        Map<String, Double> metrics,
        RoundGate.Judged judged) {
      this(
          eventTime, lineage, metrics, judged.verdict().text(), judged.skipped(), judged.refused());
    }
  }

  private final ModelSettings settings;
  private final Port port;
  private final String settingsJson;
  private final long epoch;

  /** Of checkpoints that are not complete yet, by their number. */
  private final TreeMap<Long, Cut> checkpoints = new TreeMap<>();

  /** The newest complete checkpoints, oldest first. */
  private final ArrayDeque<Cut> complete = new ArrayDeque<>();

  private @Nullable Version committed;
  private @Nullable Version version;
  private HashValue versionHash;
  private boolean first = true;
  private long number;
  private long publishedAt;
  private long anchoredAt;
  private @Nullable RoundEnd unpublished;

  private Publication(
      ModelSettings settings, Port port, long epoch, @Nullable Version base, HashValue baseHash) {
    this.settings = settings;
    this.port = port;
    this.settingsJson = ModelSettingsJson.write(settings);
    this.epoch = epoch;
    this.version = base;
    this.versionHash = baseHash;
    this.number = Math.max(base == null ? 0 : base.number(), port.log().highestNumber());
    this.publishedAt = port.clock().getAsLong() - settings.publish().everyMs();
  }

  /** Of a learner that begins. */
  static Publication start(ModelSettings settings, Port port) {
    long epoch = port.log().claim(null, HashValue.EMPTY);
    return new Publication(settings, port, epoch, null, HashValue.EMPTY);
  }

  /**
   * Of a learner that goes on.
   *
   * @param restored by the port's log, from the newest of {@code complete}
   * @param complete the newest complete checkpoints, oldest first
   */
  static Publication resume(
      ModelSettings settings, Port port, Restored restored, List<Cut> complete) {
    Cut newest = complete.get(complete.size() - 1);
    Publication publication =
        new Publication(
            settings,
            port,
            restored.epoch(),
            restored.onBase() ? newest.version() : null,
            restored.onBase() ? newest.versionHash() : HashValue.EMPTY);
    publication.complete.addAll(complete);
    return publication;
  }

  /** Writes what the learner has learnt since its last version, and where that lies. */
  void save(long checkpoint, Learner learner, DataOutput out) throws IOException {
    Cut cut = port.log().cut(learner.undrained(), learner.step());
    checkpoints.put(checkpoint, cut);
    out.writeInt(complete.size() + 1);
    for (Cut earlier : complete) {
      CutFields.write(earlier, out);
    }
    CutFields.write(cut, out);
  }

  /** The newest complete checkpoints as {@link #save} wrote them, oldest first. */
  static List<Cut> complete(DataInput in) throws IOException {
    List<Cut> complete = new ArrayList<>();
    for (int n = in.readInt(); n > 0; n--) {
      complete.add(CutFields.read(in));
    }
    return complete;
  }

  void completed(long checkpoint) {
    Map.Entry<Long, Cut> covered = checkpoints.floorEntry(checkpoint);
    if (covered == null) {
      return;
    }
    Cut cut = covered.getValue();
    checkpoints.headMap(checkpoint, true).clear();
    Version reached = cut.version();
    if (reached != null && !reached.equals(committed)) {
      port.log().commit(reached);
      committed = reached;
    }
    complete.addLast(cut);
    while (complete.size() > settings.publish().checkpoints()) {
      complete.removeFirst();
    }
    port.log().release(complete.getFirst());
  }

  long epoch() {
    return epoch;
  }

  /** Payload that this attempt has put on the log, deltas and anchors. */
  long bytes() {
    ModelLog.Totals totals = port.log().totals();
    return totals.deltaBytes() + totals.anchorBytes();
  }

  /** Of the newest version on the log; 0 where there is none. */
  long number() {
    return number;
  }

  /** Names of offsets' partitions as they are in lineages. */
  Map<String, List<Long>> named(Offsets offsets) {
    return offsets.named(port.partitionName());
  }

  long now() {
    return port.clock().getAsLong();
  }

  long cpuNanos() {
    return port.cpuNanos().getAsLong();
  }

  void roundEnded(Learner learner, RoundEnd end) {
    unpublished = end;
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
    if (end.atOnce() || now - publishedAt >= settings.publish().everyMs()) {
      publish(learner, end, now);
      unpublished = null;
    }
  }

  private void publish(Learner learner, RoundEnd end, long now) {
    LearnerDelta changed = learner.drain();
    Version next = new Version(epoch, ++number);
    Map<String, Long> rowCounts = new HashMap<>();
    for (RowTable table : learner.servingState().tables().values()) {
      rowCounts.put(table.name(), (long) table.size());
    }
    VersionFacts facts =
        new VersionFacts(
            next,
            version,
            versionHash,
            changed.servingHash(),
            learner.step(),
            end.eventTime(),
            rowCounts,
            named(end.lineage()),
            end.metrics(),
            end.verdict(),
            settingsJson,
            settings.seed(),
            learner.engine(),
            port.code(),
            named(end.skipped()));
    port.log().publish(facts, changed);
    if (first || now - anchoredAt >= settings.publish().anchorEveryMs()) {
      port.log().anchor(facts, learner.snapshot());
      anchoredAt = now;
    }
    first = false;
    version = next;
    versionHash = facts.stateHash();
    publishedAt = now;
  }

  private Map<String, Long> named(Map<Integer, Long> offsets) {
    Map<String, Long> named = new TreeMap<>();
    offsets.forEach(
        (partition, offset) -> named.put(port.partitionName().apply(partition), offset));
    return named;
  }

  @Override
  public void close() {
    port.log().close();
  }
}
