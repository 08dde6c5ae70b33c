package io.freshet.serving;

import io.freshet.modellog.LogEntry;
import io.freshet.modellog.VersionFacts;

/**
 * A version became the one that is served; its state hash came out of the reader's own memory.
 *
 * @param rebuilt whether it was reached from an anchor or the chain's start, else by one delta
 * @param rows changed and deleted ones of the last delta or anchor
 * @param bytes of its payload
 * @param publishedAt the writer's clock; milliseconds since 1970 UTC
 */
public record Swap(VersionFacts facts, boolean rebuilt, long rows, long bytes, long publishedAt) {

  static Swap of(LogEntry.Manifest manifest, boolean rebuilt) {
    return new Swap(
        manifest.facts(),
        rebuilt,
        manifest.changedRows(),
        manifest.payloadBytes(),
        manifest.publishedAt());
  }
}
