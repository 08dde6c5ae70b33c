package io.freshet.schema.event;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An item was shown. {@code position} counts from 1; 0 means unknown. */
public record ImpressionEvent(
    String impressionId,
    String itemId,
    long eventTime,
    @Nullable String userId,
    int position,
    @Nullable String queryId,
    Map<String, Object> context,
    @Nullable Served served,
    @Nullable Double propensity,
    @Nullable Double trueClickProbability,
    @Nullable String eventId,
    long sourceIndex)
    implements Event {

  /** The score that ranked this impression, and the version that gave it. */
  public record Served(String model, long epoch, long version, double score) {}
}
