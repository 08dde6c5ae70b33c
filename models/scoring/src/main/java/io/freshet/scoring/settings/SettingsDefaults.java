package io.freshet.scoring.settings;

/**
 * What suits the time scale of a source, where the models file is silent.
 *
 * @param outOfOrdernessMs an event this much older than its partition's newest is late; also the
 *     heartbeats' distance, if it is positive
 * @param waitMs from an impression to the end of the wait for its label
 * @param spanMs aligned event-time boundary at which an unfilled batch closes
 */
public record SettingsDefaults(long outOfOrdernessMs, long waitMs, long spanMs) {

  /** A live stream of clicks: events come within 100 ms, clicks within a minute. */
  public static final SettingsDefaults LIVE = new SettingsDefaults(100, 60_000, 1_000);

  public SettingsDefaults {
    if (outOfOrdernessMs < 0 || waitMs < 0 || spanMs <= 0) {
      throw new IllegalArgumentException(
          "outOfOrderness and wait must be at least 0 ms and span positive, got %d, %d and %d"
              .formatted(outOfOrdernessMs, waitMs, spanMs));
    }
  }
}
