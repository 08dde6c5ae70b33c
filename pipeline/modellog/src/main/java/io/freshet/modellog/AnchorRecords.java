package io.freshet.modellog;

import io.freshet.modellog.LogEntry.TableSummary;
import io.freshet.modellog.LogMedium.Lane;
import io.freshet.modellog.LogMedium.Topic;
import io.freshet.modellog.ModelIndex.AnchorPosition;
import io.freshet.modellog.ModelIndex.SlotsPosition;
import io.freshet.modellog.ProtocolPoints.Point;
import io.freshet.scoring.state.ModelState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One anchor on its way into the anchors topic: first the learner's own state, then the anchor
 * proper. Slices of it are transactions of their own; the last one carries the manifest and the
 * index record, so that an anchor which the index names is whole. Every record has a key of its
 * own, by which it can be deleted.
 */
final class AnchorRecords {

  private static final int SLICE_BYTES = 8 * 1024 * 1024;

  /** The attempt that writes. */
  record Attempt(long epoch, String writer) {}

  private final String model;
  private final LogMedium medium;
  private final ProtocolPoints points;
  private final Attempt attempt;
  private final String key;
  private final LogCodec codec;
  private final SlotsCodec slotsCodec;
  private List<byte[]> slice = new ArrayList<>();
  private long sliceBytes;
  private int records;
  private @Nullable LongSupplier first;
  private long bytes;

  /**
   * @param key what the keys of the records begin with
   */
  AnchorRecords(
      String model, LogMedium medium, ProtocolPoints points, Attempt attempt, String key) {
    this.model = model;
    this.medium = medium;
    this.points = points;
    this.attempt = attempt;
    this.key = key;
    this.codec = new LogCodec(model);
    this.slotsCodec = new SlotsCodec(model);
  }

  /** Bytes of payload of the anchor proper. */
  long bytes() {
    return bytes;
  }

  /**
   * @param index gives the index record that names the anchor too
   * @return where it lies
   */
  AnchorPosition write(AnchorWriter.Job job, long at, Function<AnchorPosition, byte[]> index) {
    SlotsPosition slots = writeOwn(job, at);
    ModelState serving = job.state().serving();
    Chunker chunker = chunker(job);
    chunker.state(serving);
    bytes = chunker.bytes();
    LogEntry.Manifest manifest =
        new LogEntry.Manifest(
            job.facts(),
            true,
            attempt.epoch(),
            attempt.writer(),
            chunker.hashes(),
            chunker.bytes(),
            tables(serving),
            tensors(serving),
            at,
            job.baseOffset(),
            job.learnerHash());
    AnchorPosition[] written = new AnchorPosition[1];
    medium.transact(
        Lane.ANCHORS,
        sink -> {
          sendSlice(sink);
          long manifestOffset = send(sink, codec.manifest(manifest, at)).getAsLong();
          written[0] =
              new AnchorPosition(
                  job.facts().version(),
                  job.facts().stateHash(),
                  first == null ? manifestOffset : first.getAsLong(),
                  manifestOffset,
                  job.baseOffset(),
                  chunker.bytes(),
                  slots,
                  key,
                  records,
                  at);
          sink.send(Topic.INDEX, LogCodec.anchorsKey(model), index.apply(written[0]));
        });
    return written[0];
  }

  private SlotsPosition writeOwn(AnchorWriter.Job job, long at) {
    Chunker chunker = chunker(job);
    chunker.state(job.state().own());
    LogEntry.Slots closing =
        new LogEntry.Slots(
            job.facts().version(),
            LogEntry.Slots.Kind.ANCHOR,
            attempt.epoch(),
            attempt.writer(),
            0,
            chunker.hashes(),
            chunker.bytes(),
            job.facts().stateHash(),
            job.learnerHash(),
            job.facts().step());
    long[] offset = new long[1];
    medium.transact(
        Lane.ANCHORS,
        sink -> {
          sendSlice(sink);
          offset[0] = send(sink, slotsCodec.slots(closing, at)).getAsLong();
        });
    points.reached(Point.ANCHOR_SLICE_WRITTEN);
    long firstOffset = first == null ? offset[0] : first.getAsLong();
    first = null;
    return new SlotsPosition(firstOffset, offset[0], job.slotsBaseOffset());
  }

  private Chunker chunker(AnchorWriter.Job job) {
    return new Chunker(
        codec, model, job.facts().version(), true, Chunker.MAX_BYTES, this::addToSlice);
  }

  private void addToSlice(byte[] chunk) {
    slice.add(chunk);
    sliceBytes += chunk.length;
    if (sliceBytes >= SLICE_BYTES) {
      medium.transact(Lane.ANCHORS, this::sendSlice);
      points.reached(Point.ANCHOR_SLICE_WRITTEN);
    }
  }

  private void sendSlice(LogMedium.Sink sink) {
    for (byte[] value : slice) {
      LongSupplier offset = send(sink, value);
      first = first == null ? offset : first;
    }
    slice = new ArrayList<>();
    sliceBytes = 0;
  }

  private LongSupplier send(LogMedium.Sink sink, byte[] value) {
    return sink.send(Topic.ANCHORS, key + "/" + records++, value);
  }

  private static Map<String, List<Integer>> tensors(ModelState state) {
    Map<String, List<Integer>> tensors = new LinkedHashMap<>();
    state
        .tensors()
        .forEach(
            (name, tensor) -> tensors.put(name, Arrays.stream(tensor.shape()).boxed().toList()));
    return tensors;
  }

  private static List<TableSummary> tables(ModelState state) {
    List<TableSummary> tables = new ArrayList<>();
    state
        .tables()
        .forEach(
            (name, table) ->
                tables.add(new TableSummary(name, table.width(), table.size(), 0, table.size())));
    return tables;
  }
}
