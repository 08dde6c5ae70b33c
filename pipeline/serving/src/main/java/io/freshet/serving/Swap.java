package io.freshet.serving;

import io.freshet.modellog.LogEntry;
import io.freshet.modellog.VersionFacts;
import java.util.List;

/**
 * A version became the one that is served; its state hash came out of the reader's own memory.
 *
 * @param rows changed and deleted ones of the last delta or anchor, or those put back
 * @param bytes of its payload, or of what was put back
 * @param publishedAt the writer's clock; milliseconds since 1970 UTC
 */
public record Swap(VersionFacts facts, Way way, long rows, long bytes, long publishedAt) {

  /** How a version was reached. */
  public enum Way {

    /** By one delta from the version served before. */
    DELTA,

    /** From an anchor, the chain's start or a whole version. */
    REBUILT,

    /** By undoing newer versions, which a claim has taken back. */
    UNDONE
  }

  /** Whether a whole state was built anew. */
  public boolean rebuilt() {
    return way == Way.REBUILT;
  }

  static Swap undone(List<UndoLog.Step> steps) {
    LogEntry.Manifest base = steps.get(steps.size() - 1).base();
    return new Swap(
        base.facts(),
        Way.UNDONE,
        steps.stream().mapToLong(step -> PreImage.rows(step.image())).sum(),
        steps.stream().mapToLong(UndoLog.Step::imageBytes).sum(),
        base.publishedAt());
  }

  static Swap of(LogEntry.Manifest manifest, Way way) {
    return new Swap(
        manifest.facts(),
        way,
        manifest.changedRows(),
        manifest.payloadBytes(),
        manifest.publishedAt());
  }
}
