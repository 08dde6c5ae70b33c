package io.freshet.cli.report;

import org.jspecify.annotations.Nullable;

/**
 * What a model's log holds.
 *
 * @param version number of the newest; null before the first
 * @param deltas versions but those that hold a whole state at an attempt's start
 * @param bytesPerDelta mean payload
 * @param tableRows rows of all tables of the newest version
 * @param gate null where rounds are not judged, or before the first version
 * @param parameters floats of all tensors and tables of the newest version
 */
public record LogTotals(
    @Nullable Long version,
    @Nullable Long epoch,
    @Nullable Long eventTime,
    @Nullable String stateHash,
    @Nullable String engine,
    @Nullable Long tableRows,
    @Nullable Long parameters,
    long anchors,
    long deltas,
    @Nullable Long bytesPerDelta,
    @Nullable Long bytesPerAnchor,
    @Nullable GateTotals gate) {}
