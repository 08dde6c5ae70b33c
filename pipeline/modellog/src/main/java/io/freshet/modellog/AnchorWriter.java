package io.freshet.modellog;

import io.freshet.modellog.LogEntry.TableSummary;
import io.freshet.modellog.LogMedium.Lane;
import io.freshet.modellog.LogMedium.Topic;
import io.freshet.modellog.ModelIndex.AnchorPosition;
import io.freshet.scoring.state.ModelState;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes anchors behind the learner's back: slices of an anchor are transactions of their own, the
 * last one carries the manifest and the index record, so that an anchor which the index names is
 * whole. While one is being written the newest further one waits; an older waiting one makes room
 * for it.
 */
final class AnchorWriter implements AutoCloseable {

  private static final int SLICE_BYTES = 8 * 1024 * 1024;
  private static final int INDEXED_ANCHORS = 64;

  private final String model;
  private final LogMedium medium;
  private final InstantSource clock;
  private final ExecutorService executor;
  private final LogCodec codec;
  private List<AnchorPosition> positions = List.of();
  private String writer = "";
  private long epoch;
  private @Nullable Job waiting;
  private @Nullable Future<?> running;
  private @Nullable RuntimeException failure;
  private long count;
  private long bytes;

  private record Job(VersionFacts facts, ModelState state, long baseOffset) {}

  /**
   * @param executor one thread; shut down by {@link #close}
   */
  AnchorWriter(String model, LogMedium medium, InstantSource clock, ExecutorService executor) {
    this.model = model;
    this.medium = medium;
    this.clock = clock;
    this.executor = executor;
    this.codec = new LogCodec(model);
  }

  /**
   * @param live the anchors that are there already and that no claim retracts, oldest first
   */
  synchronized void begin(String writer, long epoch, List<AnchorPosition> live) {
    this.writer = writer;
    this.epoch = epoch;
    this.positions = live;
  }

  synchronized void write(VersionFacts facts, ModelState state, long baseOffset) {
    waiting = new Job(facts, state, baseOffset);
    if (running == null || running.isDone()) {
      running = executor.submit(this::drain);
    }
  }

  synchronized long count() {
    return count;
  }

  synchronized long bytes() {
    return bytes;
  }

  /**
   * @throws BrokenLog if an anchor could not be written since the last call
   */
  synchronized void throwFailure() {
    RuntimeException cause = failure;
    if (cause != null) {
      failure = null;
      throw new BrokenLog(
          "an anchor must reach %s, but: %s"
              .formatted(medium.nameOf(Topic.ANCHORS), cause.getMessage()),
          cause);
    }
  }

  private void drain() {
    for (Job job = next(); job != null; job = next()) {
      try {
        write(job);
      } catch (RuntimeException e) {
        synchronized (this) {
          failure = e;
          running = null;
        }
        return;
      }
    }
  }

  private synchronized @Nullable Job next() {
    Job job = waiting;
    waiting = null;
    if (job == null) {
      running = null;
    }
    return job;
  }

  private void write(Job job) {
    Slices slices = new Slices();
    Chunker chunker =
        new Chunker(codec, model, job.facts().version(), true, Chunker.MAX_BYTES, slices::add);
    chunker.state(job.state());
    Map<String, List<Integer>> tensors = new LinkedHashMap<>();
    job.state()
        .tensors()
        .forEach(
            (name, tensor) -> tensors.put(name, Arrays.stream(tensor.shape()).boxed().toList()));
    List<TableSummary> tables = new ArrayList<>();
    job.state()
        .tables()
        .forEach(
            (name, table) ->
                tables.add(new TableSummary(name, table.width(), table.size(), 0, table.size())));
    LogEntry.Manifest manifest =
        new LogEntry.Manifest(
            job.facts(),
            true,
            epoch,
            writer,
            chunker.hashes(),
            chunker.bytes(),
            tables,
            tensors,
            clock.millis(),
            job.baseOffset());
    slices.finish(manifest);
    synchronized (this) {
      count++;
      bytes += chunker.bytes();
    }
  }

  /** One anchor's chunks on their way, a transaction a slice. */
  private final class Slices {

    private List<byte[]> slice = new ArrayList<>();
    private long sliceBytes;
    private @Nullable LongSupplier first;

    void add(byte[] chunk) {
      slice.add(chunk);
      sliceBytes += chunk.length;
      if (sliceBytes >= SLICE_BYTES) {
        medium.transact(Lane.ANCHORS, this::send);
      }
    }

    void finish(LogEntry.Manifest manifest) {
      medium.transact(
          Lane.ANCHORS,
          sink -> {
            send(sink);
            long manifestOffset =
                sink.send(Topic.ANCHORS, model, codec.manifest(manifest, manifest.publishedAt()))
                    .getAsLong();
            AnchorPosition position =
                new AnchorPosition(
                    manifest.facts().version(),
                    manifest.facts().stateHash(),
                    first == null ? manifestOffset : first.getAsLong(),
                    manifestOffset,
                    manifest.baseOffset(),
                    manifest.payloadBytes());
            List<AnchorPosition> all = new ArrayList<>(positions);
            all.add(position);
            positions =
                List.copyOf(all.subList(Math.max(0, all.size() - INDEXED_ANCHORS), all.size()));
            sink.send(Topic.INDEX, LogCodec.anchorsKey(model), codec.anchorIndex(positions));
          });
    }

    private void send(LogMedium.Sink sink) {
      for (byte[] value : slice) {
        LongSupplier offset = sink.send(Topic.ANCHORS, model, value);
        first = first == null ? offset : first;
      }
      slice = new ArrayList<>();
      sliceBytes = 0;
    }
  }

  /** Waits for the anchor that is being written and for the one that waits. */
  @Override
  public void close() {
    executor.shutdown();
    Future<?> last;
    synchronized (this) {
      last = running;
    }
    if (last == null) {
      return;
    }
    try {
      last.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      executor.shutdownNow();
    } catch (java.util.concurrent.ExecutionException | CancellationException e) {
      synchronized (this) {
        failure = new BrokenLog("the writer of anchors must not end early, it did", e);
      }
    }
  }
}
