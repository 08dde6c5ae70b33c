package io.freshet.schema.event;

import org.jspecify.annotations.Nullable;

/**
 * A graded opinion on an item for a query. For evaluation only, never a feature, never trained on.
 */
public record JudgmentEvent(
    String queryId,
    String itemId,
    int grade,
    long eventTime,
    @Nullable String eventId,
    long sourceIndex)
    implements Event {}
