package io.freshet.scoring.feature;

import java.util.Map;

/**
 * One thing that a user did, or did not do, with an item. In a history the oldest entry comes
 * first.
 *
 * @param action the outcome, or {@link HistoryKey#NONE} for an impression whose wait ended without
 *     one
 * @param item the item's attributes as they were at the impression (only those that some history
 *     names)
 * @param eventTime of the outcome, or of the end of the wait; milliseconds since 1970 UTC
 * @param value of the outcome, for example seconds of dwell; 1 where the event gave none
 */
public record HistoryEntry(
    String action, String itemId, Map<String, Object> item, long eventTime, double value) {}
