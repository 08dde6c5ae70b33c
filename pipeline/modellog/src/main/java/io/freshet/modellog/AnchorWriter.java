package io.freshet.modellog;

import io.freshet.modellog.LogMedium.Lane;
import io.freshet.modellog.LogMedium.Topic;
import io.freshet.modellog.ModelIndex.AnchorPosition;
import io.freshet.modellog.ProtocolPoints.Point;
import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.LearnerState;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Writes anchors, and deletes what nobody needs any more, behind the learner's back. While an
 * anchor is being written the newest further one waits; an older waiting one makes room for it.
 */
final class AnchorWriter implements AutoCloseable {

  private final String model;
  private final LogMedium medium;
  private final InstantSource clock;
  private final ProtocolPoints points;
  private final ExecutorService executor;
  private final LogCodec codec;
  private List<AnchorPosition> positions = List.of();
  private List<AnchorPosition> inherited = List.of();
  private @Nullable AnchorPosition lowest;

  /** Where this attempt has made the log begin; null while it has not. */
  private @Nullable AnchorPosition bottom;

  private String writer = "";
  private long epoch;
  private long begun;
  private @Nullable Job waiting;
  private @Nullable AnchorPosition deleteBelow;
  private @Nullable Future<?> running;
  private @Nullable RuntimeException failure;
  private long count;
  private long bytes;

  /**
   * An anchor to be written.
   *
   * @param baseOffset offset in the log from which deltas go on
   * @param slotsBaseOffset offset in the slots topic from which the own state goes on
   */
  record Job(
      VersionFacts facts,
      LearnerState state,
      HashValue learnerHash,
      long baseOffset,
      long slotsBaseOffset) {}

  /**
   * @param executor one thread; shut down by {@link #close}
   */
  AnchorWriter(
      String model,
      LogMedium medium,
      InstantSource clock,
      ProtocolPoints points,
      ExecutorService executor) {
    this.model = model;
    this.medium = medium;
    this.clock = clock;
    this.points = points;
    this.executor = executor;
    this.codec = new LogCodec(model);
  }

  /**
   * Starts an attempt, and removes the anchors that it takes back or that an earlier one left
   * unfinished.
   *
   * @param all that the index names, oldest first
   * @param live those of them that no claim retracts
   */
  synchronized void begin(
      String writer, long epoch, List<AnchorPosition> all, List<AnchorPosition> live) {
    this.writer = writer;
    this.epoch = epoch;
    this.positions = live;
    this.inherited = live;
    List<AnchorPosition> retracted = new ArrayList<>(all);
    retracted.removeAll(live);
    Set<String> keys = new LinkedHashSet<>();
    retracted.forEach(anchor -> keys.addAll(keys(anchor)));
    long after = all.isEmpty() ? 0 : all.get(all.size() - 1).manifestOffset() + 1;
    long from = Math.max(after, medium.beginning(Topic.ANCHORS));
    medium.read(
        Topic.ANCHORS,
        from,
        medium.end(Topic.ANCHORS),
        (offset, key, value) -> {
          if (value != null) {
            keys.add(key);
          }
        });
    if (!keys.isEmpty()) {
      medium.transact(
          Lane.ANCHORS,
          sink -> {
            sink.send(Topic.INDEX, LogCodec.anchorsKey(model), codec.anchorIndex(live));
            keys.forEach(key -> sink.send(Topic.ANCHORS, key, null));
          });
    }
  }

  private static List<String> keys(AnchorPosition anchor) {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < anchor.records(); i++) {
      keys.add(anchor.key() + "/" + i);
    }
    return keys;
  }

  synchronized void write(Job job) {
    waiting = job;
    run();
  }

  /**
   * Deletes what is not needed any more.
   *
   * @param checkpoint the version of the oldest checkpoint that may be restored
   * @param committed the newest committed version
   */
  synchronized void release(@Nullable Version checkpoint, Version committed) {
    AnchorPosition now = Retention.lowest(positions, checkpoint, committed);
    if (now != null && !now.equals(lowest)) {
      lowest = now;
      deleteBelow = now;
      run();
    }
  }

  private synchronized void run() {
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
   * @throws BrokenLog if an anchor could not be written, or nothing be deleted, since the last call
   */
  synchronized void throwFailure() {
    RuntimeException cause = failure;
    if (cause != null) {
      failure = null;
      throw new BrokenLog(
          "anchors must reach %s and what they replace must go, but: %s"
              .formatted(medium.nameOf(Topic.ANCHORS), cause.getMessage()),
          cause);
    }
  }

  private void drain() {
    try {
      for (Runnable next = next(); next != null; next = next()) {
        next.run();
      }
    } catch (RuntimeException e) {
      synchronized (this) {
        failure = e;
        running = null;
      }
    }
  }

  private synchronized @Nullable Runnable next() {
    Job job = waiting;
    AnchorPosition below = deleteBelow;
    if (job != null) {
      waiting = null;
      return () -> write(job, epoch + "." + begun++);
    }
    if (below != null) {
      deleteBelow = null;
      return () -> delete(below);
    }
    running = null;
    return null;
  }

  private void write(Job job, String key) {
    AnchorRecords records =
        new AnchorRecords(model, medium, points, new AnchorRecords.Attempt(epoch, writer), key);
    AnchorPosition written =
        records.write(job, clock.millis(), position -> codec.anchorIndex(with(position)));
    points.reached(Point.ANCHOR_WRITTEN);
    synchronized (this) {
      positions = with(written);
      count++;
      bytes += records.bytes();
    }
    thinOut();
  }

  private synchronized List<AnchorPosition> with(AnchorPosition position) {
    List<AnchorPosition> all = new ArrayList<>(positions);
    all.add(position);
    return List.copyOf(all);
  }

  /**
   * Whether the log may begin there, so that without it nobody could rebuild what follows. Until
   * this attempt has cut the log, an earlier one may have cut it at any anchor that it left.
   */
  private boolean mayBeBottom(AnchorPosition anchor) {
    return bottom == null
        ? inherited.contains(anchor)
        : anchor.version().number() >= bottom.version().number();
  }

  private void thinOut() {
    List<AnchorPosition> kept;
    Set<String> keys = new LinkedHashSet<>();
    synchronized (this) {
      kept = Retention.kept(positions, this::mayBeBottom, clock.millis());
      List<AnchorPosition> gone = new ArrayList<>(positions);
      gone.removeAll(kept);
      gone.forEach(anchor -> keys.addAll(keys(anchor)));
      if (gone.isEmpty()) {
        return;
      }
      positions = List.copyOf(kept);
    }
    medium.transact(
        Lane.ANCHORS,
        sink -> {
          sink.send(Topic.INDEX, LogCodec.anchorsKey(model), codec.anchorIndex(kept));
          keys.forEach(key -> sink.send(Topic.ANCHORS, key, null));
        });
  }

  private void delete(AnchorPosition below) {
    medium.deleteBefore(Topic.LOG, below.baseOffset());
    points.reached(Point.DELETING);
    if (below.slots() != null) {
      medium.deleteBefore(Topic.SLOTS, below.slots().baseOffset());
    }
    synchronized (this) {
      bottom = below;
    }
  }

  /** Waits for what is being written and for what waits. */
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
