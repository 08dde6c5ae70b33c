package io.freshet.modellog;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hashing;
import io.freshet.modellog.LogEntry.Part;
import io.freshet.modellog.LogEntry.TableSummary;
import io.freshet.modellog.ModelIndex.AnchorPosition;
import io.freshet.modellog.ModelIndex.ClaimPosition;
import io.freshet.modellog.ModelIndex.SlotsPosition;
import io.freshet.schema.AvroCodec;
import io.freshet.schema.UndecodableRecord;
import io.freshet.schema.avro.log.AnchorIndex;
import io.freshet.schema.avro.log.ChainIndex;
import io.freshet.schema.avro.log.Chunk;
import io.freshet.schema.avro.log.Claim;
import io.freshet.schema.avro.log.Commit;
import io.freshet.schema.avro.log.Manifest;
import io.freshet.schema.avro.log.RowsPart;
import io.freshet.schema.avro.log.ServedName;
import io.freshet.schema.avro.log.TensorPart;
import io.freshet.schema.avro.log.TensorSchema;
import io.freshet.schema.avro.log.TombstonesPart;
import io.freshet.schema.avro.log.VersionKind;
import io.freshet.scoring.state.HashValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Entries of one model's log as Avro and back: the only place that knows both. Belongs to one
 * thread.
 */
final class LogCodec {

  private final AvroCodec avro =
      AvroCodec.of(
          Chunk.class,
          Manifest.class,
          Claim.class,
          Commit.class,
          AnchorIndex.class,
          ChainIndex.class,
          ServedName.class);
  private final String model;

  LogCodec(String model) {
    this.model = model;
  }

  /** XXH3-128 of a record value, as manifests name chunks. */
  static HashValue hash(byte[] value) {
    HashValue128 hash = Hashing.xxh3_128().hashBytesTo128Bits(value);
    return new HashValue(hash.getMostSignificantBits(), hash.getLeastSignificantBits());
  }

  byte[] chunk(Version version, boolean anchor, int index, List<Part> parts) {
    List<Object> avroParts = new ArrayList<>(parts.size());
    for (Part part : parts) {
      avroParts.add(toAvro(part));
    }
    return avro.encode(
        new Chunk(model, version.epoch(), version.number(), anchor, index, avroParts));
  }

  byte[] manifest(LogEntry.Manifest manifest, long at) {
    VersionFacts facts = manifest.facts();
    Version parent = manifest.anchor() ? null : facts.parent();
    HashValue parentHash = manifest.anchor() ? HashValue.EMPTY : facts.parentHash();
    return avro.encode(
        Manifest.newBuilder()
            .setModel(model)
            .setEpoch(facts.version().epoch())
            .setNumber(facts.version().number())
            .setKind(manifest.anchor() ? VersionKind.ANCHOR : VersionKind.DELTA)
            .setWriterEpoch(manifest.writerEpoch())
            .setWriter(manifest.writer())
            .setParentEpoch(parent == null ? null : parent.epoch())
            .setParentNumber(parent == null ? null : parent.number())
            .setParentHash(parentHash.hex())
            .setChunkHashes(manifest.chunkHashes().stream().map(HashValue::hex).toList())
            .setPayloadBytes(manifest.payloadBytes())
            .setStateHash(facts.stateHash().hex())
            .setLearnerHash(manifest.learnerHash() == null ? null : manifest.learnerHash().hex())
            .setTables(manifest.tables().stream().map(LogCodec::toAvro).toList())
            .setTensors(
                manifest.tensors().entrySet().stream()
                    .map(tensor -> new TensorSchema(tensor.getKey(), tensor.getValue()))
                    .toList())
            .setStep(facts.step())
            .setEventTime(facts.eventTime())
            .setLineage(new TreeMap<>(facts.lineage()))
            .setMetrics(new TreeMap<>(facts.metrics()))
            .setSkipped(facts.skipped())
            .setGate(facts.gate())
            .setSettings(facts.settings())
            .setSeed(facts.seed())
            .setEngine(facts.engine())
            .setCode(facts.code())
            .setPublishedAt(at)
            .setBaseOffset(manifest.anchor() ? manifest.baseOffset() : null)
            .build());
  }

  byte[] claim(LogEntry.Claim claim, long at) {
    Version base = claim.base();
    return avro.encode(
        new Claim(
            model,
            claim.epoch(),
            claim.writer(),
            base == null ? null : base.epoch(),
            base == null ? null : base.number(),
            claim.baseHash().hex(),
            claim.highestNumber(),
            at));
  }

  byte[] commit(Version version, long writerEpoch, long at) {
    return avro.encode(new Commit(model, version.epoch(), version.number(), writerEpoch, at));
  }

  byte[] anchorIndex(List<AnchorPosition> anchors) {
    return avro.encode(
        new AnchorIndex(
            model,
            anchors.stream()
                .map(
                    anchor ->
                        new io.freshet.schema.avro.log.AnchorPosition(
                            anchor.version().epoch(),
                            anchor.version().number(),
                            anchor.stateHash().hex(),
                            anchor.firstOffset(),
                            anchor.manifestOffset(),
                            anchor.baseOffset(),
                            anchor.payloadBytes(),
                            anchor.slots() == null ? -1 : anchor.slots().firstOffset(),
                            anchor.slots() == null ? -1 : anchor.slots().offset(),
                            anchor.slots() == null ? -1 : anchor.slots().baseOffset(),
                            anchor.key(),
                            anchor.records(),
                            anchor.writtenAt()))
                .toList()));
  }

  byte[] chainIndex(List<ClaimPosition> claims, @Nullable Version committed) {
    return avro.encode(
        new ChainIndex(
            model,
            claims.stream()
                .map(
                    claim ->
                        new io.freshet.schema.avro.log.ClaimPosition(
                            claim.offset(),
                            claim.epoch(),
                            claim.base() == null ? null : claim.base().epoch(),
                            claim.base() == null ? null : claim.base().number(),
                            claim.baseHash().hex(),
                            claim.highestNumber()))
                .toList(),
            committed == null ? null : committed.epoch(),
            committed == null ? null : committed.number()));
  }

  /** The entry in a record of the log or of the anchors. */
  LogEntry entry(byte @Nullable [] value) {
    try {
      return entry(avro.decode(present(value)), present(value));
    } catch (UndecodableRecord | IllegalArgumentException e) {
      return new LogEntry.Unreadable(String.valueOf(e.getMessage()));
    }
  }

  private LogEntry entry(SpecificRecord record, byte[] value) {
    if (record instanceof Chunk chunk) {
      requireOurs(chunk.getModel());
      List<Part> parts = new ArrayList<>();
      for (Object part : chunk.getParts()) {
        parts.add(fromAvro(part));
      }
      return new LogEntry.Chunk(
          new Version(chunk.getEpoch(), chunk.getNumber()),
          chunk.getAnchor(),
          chunk.getIndex(),
          hash(value),
          value.length,
          List.copyOf(parts));
    }
    if (record instanceof Manifest manifest) {
      requireOurs(manifest.getModel());
      return fromAvro(manifest);
    }
    if (record instanceof Claim claim) {
      requireOurs(claim.getModel());
      return new LogEntry.Claim(
          claim.getEpoch(),
          claim.getWriter(),
          version(claim.getBaseEpoch(), claim.getBaseNumber()),
          HashValue.parse(claim.getBaseHash()),
          claim.getHighestNumber());
    }
    if (record instanceof Commit commit) {
      requireOurs(commit.getModel());
      return new LogEntry.Commit(new Version(commit.getEpoch(), commit.getNumber()));
    }
    throw new IllegalArgumentException(
        "a model's log must hold chunks, manifests, claims and commits, got a "
            + record.getSchema().getName());
  }

  /**
   * What the index says after a further record of the index topic; other models' records change
   * nothing.
   */
  ModelIndex updated(ModelIndex index, @Nullable String key, byte @Nullable [] value)
      throws UndecodableRecord {
    if (anchorsKey(model).equals(key)) {
      AnchorIndex anchors = avro.decode(present(value), AnchorIndex.class);
      return new ModelIndex(
          anchors.getAnchors().stream().map(LogCodec::fromAvro).toList(),
          index.claims(),
          index.committed());
    }
    if (chainKey(model).equals(key)) {
      ChainIndex chain = avro.decode(present(value), ChainIndex.class);
      return new ModelIndex(
          index.anchors(),
          chain.getClaims().stream().map(LogCodec::fromAvro).toList(),
          version(chain.getCommittedEpoch(), chain.getCommittedNumber()));
    }
    return index;
  }

  static String anchorsKey(String model) {
    return "anchors/" + model;
  }

  static String chainKey(String model) {
    return "chain/" + model;
  }

  private static byte[] present(byte @Nullable [] value) throws UndecodableRecord {
    if (value == null) {
      throw new UndecodableRecord("record must have a value, got none");
    }
    return value;
  }

  private void requireOurs(String name) {
    if (!name.equals(model)) {
      throw new IllegalArgumentException(
          "a record of model %s must name it, got %s".formatted(model, name));
    }
  }

  private static Object toAvro(Part part) {
    if (part instanceof Part.TensorPart tensor) {
      return new TensorPart(
          tensor.name(),
          boxed(tensor.shape()),
          tensor.first(),
          FloatBytes.floats(tensor.values(), 0, tensor.values().length));
    }
    if (part instanceof Part.RowsPart rows) {
      return new RowsPart(
          rows.table(),
          rows.width(),
          FloatBytes.longs(rows.ids(), 0, rows.ids().length),
          FloatBytes.floats(rows.values(), 0, rows.values().length));
    }
    Part.TombstonesPart gone = (Part.TombstonesPart) part;
    return new TombstonesPart(
        gone.table(), gone.width(), FloatBytes.longs(gone.ids(), 0, gone.ids().length));
  }

  private static Part fromAvro(Object part) {
    if (part instanceof TensorPart tensor) {
      return new Part.TensorPart(
          tensor.getName(),
          tensor.getShape().stream().mapToInt(Integer::intValue).toArray(),
          tensor.getFirst(),
          FloatBytes.floats(tensor.getValues()));
    }
    if (part instanceof RowsPart rows) {
      long[] ids = FloatBytes.longs(rows.getIds());
      float[] values = FloatBytes.floats(rows.getValues());
      if (values.length != (long) ids.length * rows.getWidth()) {
        throw new IllegalArgumentException(
            "rows of table %s must have %d floats each, got %d floats for %d ids"
                .formatted(rows.getTable(), rows.getWidth(), values.length, ids.length));
      }
      return new Part.RowsPart(rows.getTable(), rows.getWidth(), ids, values);
    }
    TombstonesPart gone = (TombstonesPart) part;
    return new Part.TombstonesPart(
        gone.getTable(), gone.getWidth(), FloatBytes.longs(gone.getIds()));
  }

  private static io.freshet.schema.avro.log.TableSummary toAvro(TableSummary table) {
    return new io.freshet.schema.avro.log.TableSummary(
        table.name(), table.width(), table.rows(), table.tombstones(), table.rowCount());
  }

  private static LogEntry.Manifest fromAvro(Manifest manifest) {
    List<TableSummary> tables = new ArrayList<>();
    Map<String, Long> rowCounts = new LinkedHashMap<>();
    for (var table : manifest.getTables()) {
      tables.add(
          new TableSummary(
              table.getName(),
              table.getWidth(),
              table.getRows(),
              table.getTombstones(),
              table.getRowCount()));
      rowCounts.put(table.getName(), table.getRowCount());
    }
    Map<String, List<Integer>> tensors = new LinkedHashMap<>();
    manifest.getTensors().forEach(tensor -> tensors.put(tensor.getName(), tensor.getShape()));
    VersionFacts facts =
        new VersionFacts(
            new Version(manifest.getEpoch(), manifest.getNumber()),
            version(manifest.getParentEpoch(), manifest.getParentNumber()),
            HashValue.parse(manifest.getParentHash()),
            HashValue.parse(manifest.getStateHash()),
            manifest.getStep(),
            manifest.getEventTime(),
            rowCounts,
            manifest.getLineage(),
            manifest.getMetrics(),
            manifest.getGate(),
            manifest.getSettings(),
            manifest.getSeed(),
            manifest.getEngine(),
            manifest.getCode(),
            manifest.getSkipped());
    Long baseOffset = manifest.getBaseOffset();
    return new LogEntry.Manifest(
        facts,
        manifest.getKind() == VersionKind.ANCHOR,
        manifest.getWriterEpoch(),
        manifest.getWriter(),
        manifest.getChunkHashes().stream().map(HashValue::parse).toList(),
        manifest.getPayloadBytes(),
        tables,
        tensors,
        manifest.getPublishedAt(),
        baseOffset == null ? -1 : baseOffset,
        manifest.getLearnerHash() == null ? null : HashValue.parse(manifest.getLearnerHash()));
  }

  private static AnchorPosition fromAvro(io.freshet.schema.avro.log.AnchorPosition anchor) {
    return new AnchorPosition(
        new Version(anchor.getEpoch(), anchor.getNumber()),
        HashValue.parse(anchor.getStateHash()),
        anchor.getFirstOffset(),
        anchor.getManifestOffset(),
        anchor.getBaseOffset(),
        anchor.getPayloadBytes(),
        anchor.getSlotsOffset() < 0
            ? null
            : new SlotsPosition(
                anchor.getSlotsFirstOffset(), anchor.getSlotsOffset(), anchor.getSlotsBaseOffset()),
        anchor.getKey(),
        anchor.getRecords(),
        anchor.getWrittenAt());
  }

  private static ClaimPosition fromAvro(io.freshet.schema.avro.log.ClaimPosition claim) {
    return new ClaimPosition(
        claim.getOffset(),
        claim.getEpoch(),
        version(claim.getBaseEpoch(), claim.getBaseNumber()),
        HashValue.parse(claim.getBaseHash()),
        claim.getHighestNumber());
  }

  private static @Nullable Version version(@Nullable Long epoch, @Nullable Long number) {
    return epoch == null || number == null ? null : new Version(epoch, number);
  }

  private static List<Integer> boxed(int[] shape) {
    List<Integer> list = new ArrayList<>(shape.length);
    for (int dimension : shape) {
      list.add(dimension);
    }
    return list;
  }
}
