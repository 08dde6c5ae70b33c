package io.freshet.schema.event;

import org.jspecify.annotations.Nullable;

/**
 * An outcome of an impression: a click or any other {@code action}. It names its impression, or the
 * query and item it belongs to. It must name the impression's user where the impression has one:
 * outcomes are joined per user.
 */
public record ClickEvent(
    @Nullable String impressionId,
    @Nullable String itemId,
    @Nullable String userId,
    @Nullable String queryId,
    long eventTime,
    String action,
    double value,
    @Nullable String eventId,
    long sourceIndex)
    implements Event {}
