package io.freshet.schema.event;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A catalogue entry as it is from {@code eventTime} on: it replaces the item's earlier attributes
 * as a whole.
 */
public record ItemEvent(
    String itemId,
    long eventTime,
    Map<String, Object> attributes,
    @Nullable String text,
    boolean removed,
    @Nullable String eventId,
    long sourceIndex)
    implements Event {}
