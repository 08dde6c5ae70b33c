package io.freshet.cli.serve;

import io.freshet.cli.http.RequestRefused;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** How requests of one kind fare, and how long those take that are answered. */
final class RequestMetrics {

  /** The request was wrong. */
  private static final String REFUSED = "refused";

  /** There was no version, or none that is fresh enough; of a search, no catalogue. */
  private static final String UNAVAILABLE = "unavailable";

  private final Counter requests;
  private final Histogram duration;
  private final String answered;
  private final LongSupplier nanoTime;

  /**
   * @param kind in the metrics' names
   * @param answered the outcome of a request that was
   * @param nanoTime what requests are timed with
   */
  RequestMetrics(PrometheusRegistry registry, String kind, String answered, LongSupplier nanoTime) {
    this.answered = answered;
    this.nanoTime = nanoTime;
    this.requests =
        Counter.builder()
            .name("freshet_%s_requests_total".formatted(kind))
            .help("Requests to %s, by what became of them.".formatted(kind))
            .labelNames("model", "outcome")
            .register(registry);
    this.duration =
        Histogram.builder()
            .name("freshet_%s_duration_seconds".formatted(kind))
            .help("Time of answering one request to %s.".formatted(kind))
            .unit(Unit.SECONDS)
            .labelNames("model")
            .classicOnly()
            .classicUpperBounds(
                0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1)
            .register(registry);
  }

  /** Lets a model's metrics begin at 0. */
  void begin(ServedModel model) {
    duration.initLabelValues(model.name());
    for (String outcome : new String[] {answered, REFUSED, UNAVAILABLE}) {
      requests.initLabelValues(model.name(), outcome);
    }
  }

  /** Counts and times what answers a request to a model. */
  <T> T timed(ServedModel model, Supplier<T> answer) {
    long began = nanoTime.getAsLong();
    try {
      T given = answer.get();
      duration.labelValues(model.name()).observe((nanoTime.getAsLong() - began) / 1e9);
      requests.labelValues(model.name(), answered).inc();
      return given;
    } catch (RequestRefused e) {
      requests.labelValues(model.name(), e.status() == 503 ? UNAVAILABLE : REFUSED).inc();
      throw e;
    }
  }
}
