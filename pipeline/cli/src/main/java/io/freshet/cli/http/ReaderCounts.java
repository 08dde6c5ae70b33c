package io.freshet.cli.http;

import io.freshet.serving.ReaderStats;

/** What a model's reader has met, as in a run's report. */
public record ReaderCounts(
    long gaps,
    long heals,
    long undos,
    long scrubs,
    long findings,
    long foreign,
    long staleRefused,
    long staleDefaulted) {

  public static ReaderCounts of(ReaderStats stats) {
    return new ReaderCounts(
        stats.gaps(),
        stats.heals(),
        stats.undos(),
        stats.scrubs(),
        stats.findings(),
        stats.foreign(),
        stats.staleRefused(),
        stats.staleDefaulted());
  }
}
