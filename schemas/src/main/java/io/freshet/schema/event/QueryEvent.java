package io.freshet.schema.event;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A user searched; {@code results} are what the ranker returned, best first. */
public record QueryEvent(
    String queryId,
    @Nullable String userId,
    String text,
    long eventTime,
    List<String> results,
    @Nullable String eventId,
    long sourceIndex)
    implements Event {}
