package io.freshet.cli.report;

import io.freshet.cli.feed.SourceClock;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * How long examples took from being ready to the first score by a version that learnt them. Joins
 * the source's clock with the moments at which readers first scored with each version; what was
 * ready before this run's reader first scored does not count: that is what a start takes. Safe for
 * many threads.
 */
public final class ServedFreshness {

  /** More ready examples than this are not kept waiting for a version. */
  private static final int WAITING = 1 << 20;

  private final SourceClock clock;
  private final Percentiles delays = new Percentiles();
  private final Map<String, Model> models = new HashMap<>();

  private static final class Model {
    final TimeCurve served = new TimeCurve();
    final ArrayDeque<Long> waiting = new ArrayDeque<>();
    long servesSince = Long.MAX_VALUE;
  }

  public ServedFreshness(SourceClock clock) {
    this.clock = clock;
  }

  /** An example of {@code model} was learnt whose label was known at {@code readyTime}. */
  public synchronized void learnt(String model, long readyTime) {
    Model of = models.computeIfAbsent(model, name -> new Model());
    if (!count(of, readyTime) && of.waiting.size() < WAITING) {
      of.waiting.add(readyTime);
    }
  }

  /**
   * A reader scored for the first time with a version that has learnt up to {@code eventTime}.
   *
   * @param wallTime milliseconds since 1970 UTC
   */
  public synchronized void served(String model, long eventTime, long wallTime) {
    Model of = models.computeIfAbsent(model, name -> new Model());
    of.servesSince = Math.min(of.servesSince, wallTime);
    of.served.reached(eventTime, wallTime, 0);
    of.waiting.removeIf(readyTime -> readyTime <= eventTime && count(of, readyTime));
  }

  private boolean count(Model model, long readyTime) {
    OptionalLong served = model.served.firstAtOrAfter(readyTime);
    if (served.isEmpty()) {
      return false;
    }
    OptionalLong ready = clock.wallTimeOf(readyTime);
    if (ready.isPresent() && ready.getAsLong() >= model.servesSince) {
      delays.add(served.getAsLong() - ready.getAsLong());
    }
    return true;
  }

  /** Milliseconds from ready to served. */
  public Percentiles delays() {
    return delays;
  }
}
