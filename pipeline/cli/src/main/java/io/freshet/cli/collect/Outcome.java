package io.freshet.cli.collect;

import java.util.List;

/**
 * What became of a request's events.
 *
 * @param acknowledged events that Kafka has
 * @param refused parts that are no events, or of another time
 * @param unacknowledged events that Kafka did not say to have: sent again they do no harm, since
 *     repeats leave the stream
 */
record Outcome(int acknowledged, List<Turned> refused, List<Turned> unacknowledged) {

  /** A part that was turned down, where it stands in the request, and why. */
  record Turned(String place, String reason) {}

  /** 200 all, 207 some, 400 none; 503 while Kafka does not take them. */
  int status() {
    if (!unacknowledged.isEmpty()) {
      return 503;
    }
    if (refused.isEmpty()) {
      return 200;
    }
    return acknowledged == 0 ? 400 : 207;
  }
}
