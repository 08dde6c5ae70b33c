package io.freshet.modellog;

import io.freshet.modellog.LogEntry.TableSummary;
import io.freshet.modellog.LogMedium.Lane;
import io.freshet.modellog.LogMedium.Topic;
import io.freshet.modellog.ModelIndex.ClaimPosition;
import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.StateDelta;
import io.freshet.scoring.state.Tensor;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The rules of writing a model's log, over any medium. */
final class LogWriter implements ModelLog {

  /** Versions of which an anchor may still be asked for after they were published. */
  private static final int REMEMBERED_VERSIONS = 1024;

  private final String model;
  private final LogMedium medium;
  private final InstantSource clock;
  private final boolean rewind;
  private final String writer = UUID.randomUUID().toString();
  private final LogCodec codec;
  private final AnchorWriter anchors;
  private final Deque<Published> published = new ArrayDeque<>();
  private Map<String, List<Integer>> tensors = new LinkedHashMap<>();
  private Map<String, Integer> widths = new LinkedHashMap<>();
  private List<ClaimPosition> claims = List.of();
  private @Nullable Version committed;
  private @Nullable Version tip;
  private HashValue tipHash = HashValue.EMPTY;
  private long epoch;
  private long highestAtClaim;
  private long lastNumber;
  private long deltas;
  private long deltaBytes;

  private record Published(Version version, HashValue stateHash, long nextOffset) {}

  /**
   * @param rewind whether a claim may retract committed versions
   */
  LogWriter(
      String model, LogMedium medium, InstantSource clock, boolean rewind, AnchorWriter anchors) {
    this.model = model;
    this.medium = medium;
    this.clock = clock;
    this.rewind = rewind;
    this.codec = new LogCodec(model);
    this.anchors = anchors;
  }

  @Override
  public long claim(@Nullable Version base, HashValue baseHash) {
    if (epoch != 0) {
      throw new IllegalStateException(
          "a writer claims once, it has epoch %d of %s".formatted(epoch, medium.nameOf(Topic.LOG)));
    }
    medium.fence();
    LogSurvey survey;
    try (LogFeed feed = medium.feed()) {
      survey = LogSurvey.of(feed, base);
    }
    requireBase(survey, base, baseHash);
    committed = survey.committed();
    highestAtClaim = survey.highestNumber();
    lastNumber = highestAtClaim;
    tip = base;
    tipHash = baseHash;
    LogEntry.Manifest baseManifest = survey.baseManifest();
    if (baseManifest != null) {
      tensors.putAll(baseManifest.tensors());
      baseManifest.tables().forEach(table -> widths.put(table.name(), table.width()));
    }
    long next = survey.highestEpoch() + 1;
    LogEntry.Claim claim = new LogEntry.Claim(next, writer, base, baseHash, highestAtClaim);
    medium.transact(
        Lane.VERSIONS,
        sink -> {
          long offset = sink.send(Topic.LOG, model, codec.claim(claim, clock.millis())).getAsLong();
          survey.claims().add(offset, claim);
          claims = needed(survey);
          sink.send(Topic.INDEX, LogCodec.chainKey(model), codec.chainIndex(claims, committed));
          if (base != null) {
            published.add(new Published(base, baseHash, offset + 1));
          }
        });
    anchors.begin(writer, next, survey.liveAnchors());
    epoch = next;
    return epoch;
  }

  /**
   * Claims that lie above the oldest anchor, which is where a reader may begin, and the one just
   * written.
   */
  private static List<ClaimPosition> needed(LogSurvey survey) {
    List<ClaimPosition> all = survey.claims().all();
    long oldest = survey.liveAnchors().isEmpty() ? 0 : survey.liveAnchors().get(0).baseOffset();
    ClaimPosition last = all.get(all.size() - 1);
    return all.stream().filter(claim -> claim.offset() >= oldest || claim.equals(last)).toList();
  }

  private void requireBase(LogSurvey survey, @Nullable Version base, HashValue baseHash) {
    String log = medium.nameOf(Topic.LOG);
    Version last = survey.committed();
    if (last != null && !rewind && (base == null || base.number() < last.number())) {
      throw new BrokenLog(
          "the base of a claim on %s must not lie below the last committed version %s, got %s: start from the checkpoint of that version, or rewind explicitly"
              .formatted(log, last, base == null ? "no base" : base));
    }
    if (base == null) {
      return;
    }
    HashValue onLog = survey.baseHash();
    if (onLog == null) {
      throw new BrokenLog(
          "the base %s of a claim must be a live version on %s, which has no such version (its newest live one is %s): start from a checkpoint that belongs to this log"
              .formatted(base, log, survey.newestLive()));
    }
    if (!onLog.equals(baseHash)) {
      throw new BrokenLog(
          "the base %s of a claim on %s must have the state hash %s that the log names, got %s: the checkpoint does not belong to this log"
              .formatted(base, log, onLog, baseHash));
    }
  }

  @Override
  public long highestNumber() {
    requireClaimed();
    return highestAtClaim;
  }

  @Override
  public void publish(VersionFacts facts, StateDelta delta) {
    requireClaimed();
    anchors.throwFailure();
    requireNext(facts);
    boolean whole = facts.parent() == null;
    Map<String, List<Integer>> allTensors = new LinkedHashMap<>(whole ? Map.of() : tensors);
    Map<String, Integer> allWidths = new LinkedHashMap<>(whole ? Map.of() : widths);
    extendSchema(facts, delta, allTensors, allWidths);
    long bytes = append(facts, delta, allTensors, allWidths);
    tensors = allTensors;
    widths = allWidths;
    tip = facts.version();
    tipHash = facts.stateHash();
    lastNumber = facts.version().number();
    deltas++;
    deltaBytes += bytes;
  }

  private long append(
      VersionFacts facts,
      StateDelta delta,
      Map<String, List<Integer>> allTensors,
      Map<String, Integer> allWidths) {
    List<byte[]> values = new ArrayList<>();
    Chunker chunker =
        new Chunker(codec, model, facts.version(), false, Chunker.MAX_BYTES, values::add);
    chunker.delta(delta);
    LogEntry.Manifest manifest =
        new LogEntry.Manifest(
            facts,
            false,
            epoch,
            writer,
            chunker.hashes(),
            chunker.bytes(),
            tables(facts, allWidths, chunker),
            allTensors,
            clock.millis(),
            -1);
    values.add(codec.manifest(manifest, manifest.publishedAt()));
    LongSupplier[] last = new LongSupplier[1];
    medium.transact(
        Lane.VERSIONS,
        sink -> values.forEach(value -> last[0] = sink.send(Topic.LOG, model, value)));
    if (published.size() == REMEMBERED_VERSIONS) {
      published.removeFirst();
    }
    published.addLast(new Published(facts.version(), facts.stateHash(), last[0].getAsLong() + 1));
    return chunker.bytes();
  }

  private void requireNext(VersionFacts facts) {
    Version version = facts.version();
    if (version.epoch() != epoch || version.number() <= lastNumber) {
      throw new IllegalArgumentException(
          "the next version of %s must have epoch %d and a number above %d, got %s"
              .formatted(medium.nameOf(Topic.LOG), epoch, lastNumber, version));
    }
    Version parent = facts.parent();
    boolean first = lastNumber == highestAtClaim;
    if (parent == null && first && facts.parentHash().equals(HashValue.EMPTY)) {
      return;
    }
    if (parent == null || !parent.equals(tip) || !facts.parentHash().equals(tipHash)) {
      throw new IllegalArgumentException(
          "the parent of %s on %s must be %s with state hash %s, got %s with %s"
              .formatted(
                  version, medium.nameOf(Topic.LOG), tip, tipHash, parent, facts.parentHash()));
    }
  }

  /** A version without a parent names every tensor; no later one adds any. */
  private void extendSchema(
      VersionFacts facts,
      StateDelta delta,
      Map<String, List<Integer>> allTensors,
      Map<String, Integer> allWidths) {
    for (Tensor tensor : delta.tensors()) {
      List<Integer> shape = Arrays.stream(tensor.shape()).boxed().toList();
      List<Integer> known = allTensors.putIfAbsent(tensor.name(), shape);
      if (known == null ? facts.parent() != null : !known.equals(shape)) {
        throw new IllegalArgumentException(
            "tensor %s of %s must be one of the chain's with its shape %s, got shape %s"
                .formatted(tensor.name(), facts.version(), known, shape));
      }
    }
    for (StateDelta.Rows rows : delta.tables()) {
      Integer known = allWidths.putIfAbsent(rows.table(), rows.width());
      if (known != null && known != rows.width()) {
        throw new IllegalArgumentException(
            "table %s of %s must have rows of %d floats, got %d"
                .formatted(rows.table(), facts.version(), known, rows.width()));
      }
    }
  }

  private static List<TableSummary> tables(
      VersionFacts facts, Map<String, Integer> widths, Chunker chunker) {
    List<TableSummary> tables = new ArrayList<>();
    widths.forEach(
        (name, width) ->
            tables.add(
                new TableSummary(
                    name,
                    width,
                    chunker.rowsOf(name),
                    chunker.tombstonesOf(name),
                    facts.rowCounts().getOrDefault(name, 0L))));
    return tables;
  }

  @Override
  public void anchor(VersionFacts facts, ModelState snapshot) {
    requireClaimed();
    anchors.throwFailure();
    Published found = null;
    for (Published candidate : published) {
      if (candidate.version().equals(facts.version())) {
        found = candidate;
      }
    }
    if (found == null || !found.stateHash().equals(facts.stateHash())) {
      throw new IllegalArgumentException(
          "an anchor on %s must be of the claim's base or of one of the last %d versions of this epoch %d, with its state hash, got %s with %s"
              .formatted(
                  medium.nameOf(Topic.LOG),
                  REMEMBERED_VERSIONS,
                  epoch,
                  facts.version(),
                  facts.stateHash()));
    }
    anchors.write(facts, snapshot, found.nextOffset());
  }

  @Override
  public void commit(Version version) {
    requireClaimed();
    anchors.throwFailure();
    Version last = committed;
    if (version.number() > lastNumber || (last != null && version.number() < last.number())) {
      throw new IllegalArgumentException(
          "a commit on %s must name a version from the last commit %s up to number %d, got %s"
              .formatted(medium.nameOf(Topic.LOG), last, lastNumber, version));
    }
    medium.transact(
        Lane.VERSIONS,
        sink -> {
          sink.send(Topic.LOG, model, codec.commit(version, epoch, clock.millis()));
          sink.send(Topic.INDEX, LogCodec.chainKey(model), codec.chainIndex(claims, version));
        });
    committed = version;
  }

  private void requireClaimed() {
    if (epoch == 0) {
      throw new IllegalStateException(
          "a writer of %s must claim it first".formatted(medium.nameOf(Topic.LOG)));
    }
  }

  @Override
  public Totals totals() {
    return new Totals(deltas, deltaBytes, anchors.count(), anchors.bytes());
  }

  @Override
  public void close() {
    try {
      anchors.close();
    } finally {
      medium.close();
    }
    anchors.throwFailure();
  }
}
