package io.freshet.serving;

import io.freshet.modellog.LogEntry;
import io.freshet.modellog.LogEntry.TableSummary;
import io.freshet.modellog.VersionFacts;
import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.StateDelta;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One whole state with the hash that this memory gives. It changes only while nobody scores with
 * it; {@link ServingPair} sees to that.
 */
final class Side {

  private final Function<String, ScoringModel> models;
  private final ProvenMemory memory;
  private final Queue<io.freshet.scoring.Scorer> scorers = new ConcurrentLinkedQueue<>();
  private final AtomicInteger readers = new AtomicInteger();
  private String settings;
  private ScoringModel model;
  private LogEntry.@Nullable Manifest manifest;
  private long offset;

  private Side(Function<String, ScoringModel> models, String settings, @Nullable ModelState state) {
    this.models = models;
    this.settings = settings;
    this.model = models.apply(settings);
    this.memory = new ProvenMemory(state == null ? model.emptyState() : state);
  }

  /** An empty state of the layout that {@code settings} ask for. */
  static Side empty(Function<String, ScoringModel> models, String settings) {
    return new Side(models, settings, null);
  }

  /** A copy whose hash was computed anew; null when this memory is not what its manifest says. */
  @Nullable Side provenCopy() {
    Side copy = new Side(models, settings, memory.state().copy());
    copy.manifest = manifest;
    copy.offset = offset;
    boolean proven = manifest != null && copy.memory.hash().equals(manifest.facts().stateHash());
    return proven ? copy : null;
  }

  /**
   * Writes {@code delta} and compares what then lies here with the manifest.
   *
   * @param at offset in the log at which the version was closed
   * @return what is wrong; null when nothing is. After a problem this side must not be used.
   */
  @Nullable String apply(LogEntry.Manifest next, StateDelta delta, long at) {
    try {
      memory.apply(delta);
      return reach(next, at);
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  /**
   * As {@link #apply(LogEntry.Manifest, StateDelta, long)}, keeping back in {@code undo} what the
   * version replaces.
   */
  @Nullable String apply(LogEntry.Manifest next, StateDelta delta, long at, UndoLog undo) {
    if (!undo.keeps()) {
      return apply(next, delta, at);
    }
    UndoLog.Step step;
    try {
      StateDelta image = PreImage.of(memory.state(), delta);
      long number = next.facts().version().number();
      step = new UndoLog.Step(number, image, manifest(), offset, PreImage.bytes(image));
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
    String problem = apply(next, delta, at);
    if (problem == null) {
      undo.add(step);
    }
    return problem;
  }

  /**
   * Goes the way back that {@code steps} describe, newest version first, and compares what then
   * lies here with the manifest of where they lead.
   *
   * @return what is wrong; null when nothing is. After a problem this side must not be used.
   */
  @Nullable String undo(List<UndoLog.Step> steps) {
    for (UndoLog.Step step : steps) {
      memory.apply(step.image());
    }
    UndoLog.Step last = steps.get(steps.size() - 1);
    return reach(last.base(), last.baseOffset());
  }

  private @Nullable String reach(LogEntry.Manifest next, long at) {
    String problem = finish(next);
    offset = problem == null ? at : offset;
    return problem;
  }

  /** Writes a part of an anchor. */
  void applyPart(StateDelta part) {
    memory.apply(part);
  }

  /**
   * Takes the manifest's facts as its own, if they hold. Returns what is wrong; null when nothing
   * is.
   */
  private @Nullable String finish(LogEntry.Manifest reached) {
    VersionFacts next = reached.facts();
    if (!memory.hash().equals(next.stateHash())) {
      return "the state after applying must have hash %s, this memory has %s"
          .formatted(next.stateHash(), memory.hash());
    }
    for (TableSummary table : reached.tables()) {
      int rows = memory.state().table(table.name()).size();
      if (rows != table.rowCount()) {
        return "table %s must have %d rows, it has %d"
            .formatted(table.name(), table.rowCount(), rows);
      }
    }
    if (!settings.equals(next.settings())) {
      settings = next.settings();
      model = models.apply(settings);
      scorers.clear();
    }
    manifest = reached;
    return null;
  }

  VersionFacts facts() {
    return manifest().facts();
  }

  LogEntry.Manifest manifest() {
    if (manifest == null) {
      throw new IllegalStateException("a side must hold a version before it is asked for it");
    }
    return manifest;
  }

  /** Where the log closed the version that lies here. */
  long offset() {
    return offset;
  }

  /** The hash of this memory, computed anew. */
  HashValue computeHash() {
    return memory.state().computeHash();
  }

  ProvenMemory memory() {
    return memory;
  }

  ScoringModel model() {
    return model;
  }

  AtomicInteger readers() {
    return readers;
  }

  /** A scorer for the calling thread, to be given back. */
  io.freshet.scoring.Scorer borrow() {
    io.freshet.scoring.Scorer free = scorers.poll();
    return free == null ? model.scorer(memory.state()) : free;
  }

  void giveBack(io.freshet.scoring.Scorer scorer) {
    scorers.add(scorer);
  }
}
