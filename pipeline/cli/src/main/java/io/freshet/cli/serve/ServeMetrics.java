package io.freshet.cli.serve;

import io.freshet.cli.http.PrometheusText;
import io.freshet.cli.http.ReaderMetrics;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.Collection;
import java.util.Locale;
import java.util.Objects;

/** What a scoring process tells Prometheus: its readers, and how requests fare. */
public final class ServeMetrics {

  /** What became of a request to score. */
  enum Outcome {
    SCORED,

    /** The request was wrong. */
    REFUSED,

    /** There was no version, or none that is fresh enough. */
    UNAVAILABLE
  }

  private final PrometheusRegistry registry = PrometheusText.withProcess(new PrometheusRegistry());
  private final Counter requests;
  private final Histogram duration;

  public ServeMetrics(Collection<ServedModel> models) {
    ReaderMetrics.register(
        registry,
        () -> models.stream().map(ServedModel::reading).filter(Objects::nonNull).toList());
    this.requests =
        Counter.builder()
            .name("freshet_score_requests_total")
            .help("Requests for scores, by what became of them.")
            .labelNames("model", "outcome")
            .register(registry);
    this.duration =
        Histogram.builder()
            .name("freshet_score_duration_seconds")
            .help("Time of answering one request with scores.")
            .unit(Unit.SECONDS)
            .labelNames("model")
            .classicOnly()
            .classicUpperBounds(
                0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1)
            .register(registry);
    for (ServedModel model : models) {
      duration.initLabelValues(model.name());
      for (Outcome outcome : Outcome.values()) {
        requests.initLabelValues(model.name(), label(outcome));
      }
    }
  }

  void scored(ServedModel model, long nanos) {
    duration.labelValues(model.name()).observe(nanos / 1e9);
    count(model, Outcome.SCORED);
  }

  void count(ServedModel model, Outcome outcome) {
    requests.labelValues(model.name(), label(outcome)).inc();
  }

  private static String label(Outcome outcome) {
    return outcome.name().toLowerCase(Locale.ROOT);
  }

  public PrometheusText text() {
    return new PrometheusText(registry);
  }
}
