package io.freshet.job.input;

import io.freshet.schema.event.Event;

/**
 * A decoded record with where it lay.
 *
 * @param partition see {@link InputPartitions}
 * @param appendTime when the broker appended it; milliseconds since 1970 UTC
 */
public record InputRecord(Event event, int partition, long offset, long appendTime) {}
