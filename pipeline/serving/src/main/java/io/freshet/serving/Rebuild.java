package io.freshet.serving;

import io.freshet.modellog.LogEntry;
import io.freshet.modellog.LogFeed;
import io.freshet.modellog.ModelIndex.AnchorPosition;
import io.freshet.modellog.Version;
import io.freshet.scoring.state.StateDelta;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A state that comes about beside the served one, in memory that nobody reads yet. */
final class Rebuild {

  private final LogFeed feed;
  private final Function<String, ScoringModel> models;
  private final Supplier<UndoLog> undoLogs;
  private final AnchorLoader loader;
  private UndoLog undo;
  private @Nullable Side side;
  private long target;
  private long anchorBytes;

  Rebuild(LogFeed feed, Function<String, ScoringModel> models, Supplier<UndoLog> undoLogs) {
    this.feed = feed;
    this.models = models;
    this.undoLogs = undoLogs;
    this.loader = new AnchorLoader(feed, models);
    this.undo = undoLogs.get();
  }

  /** Forgets what was built, and aims at what the log holds now. */
  void begin() {
    drop();
    target = feed.end();
  }

  void drop() {
    replace(null);
  }

  private void replace(@Nullable Side next) {
    side = next;
    undo = undoLogs.get();
  }

  /** What was built so far. */
  @Nullable Side side() {
    return side;
  }

  UndoLog undo() {
    return undo;
  }

  /** Whether everything was read that the log held when this began. */
  boolean caughtUp() {
    return feed.position() >= target;
  }

  /** Payload of the anchors that were loaded. */
  long anchorBytes() {
    return anchorBytes;
  }

  /** Begins with an anchor. Returns what is wrong with it; null when nothing is. */
  @Nullable String load(AnchorPosition anchor) {
    AnchorLoader.Loaded loaded = loader.load(anchor);
    Side built = loaded.side();
    if (built != null) {
      replace(built);
      anchorBytes += built.manifest().payloadBytes();
    }
    return loaded.problem();
  }

  /** Begins anew with a version without a parent, which is a whole state. */
  @Nullable String applyWhole(LogEntry.Manifest manifest, StateDelta delta, long offset) {
    Side whole = Side.empty(models, manifest.facts().settings());
    String problem = whole.apply(manifest, delta, offset);
    if (problem == null) {
      replace(whole);
    }
    return problem;
  }

  /**
   * Applies a delta; after a problem there is nothing built.
   *
   * @param committed the newest version that no restart takes back
   */
  @Nullable String apply(
      LogEntry.Manifest manifest, StateDelta delta, long offset, @Nullable Version committed) {
    Side built = side;
    if (built == null) {
      return "there must be a state to apply it to";
    }
    boolean settled =
        committed != null && manifest.facts().version().number() <= committed.number();
    String problem =
        settled ? built.apply(manifest, delta, offset) : built.apply(manifest, delta, offset, undo);
    if (problem != null) {
      drop();
    }
    return problem;
  }

  /**
   * Goes back to the newest state that {@code live} accepts. Returns whether it could; if not,
   * there is nothing built.
   */
  boolean undo(Predicate<UndoLog.Step> live) {
    Side built = side;
    var way = undo.back(live);
    if (built == null || way.isEmpty() || built.undo(way) != null) {
      drop();
      return false;
    }
    undo.gone(way.size());
    return true;
  }
}
