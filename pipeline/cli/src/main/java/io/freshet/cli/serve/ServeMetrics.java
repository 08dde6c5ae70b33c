package io.freshet.cli.serve;

import io.freshet.cli.http.PrometheusText;
import io.freshet.cli.http.ReaderMetrics;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Collection;
import java.util.Objects;
import java.util.function.LongSupplier;

/** What a scoring process tells Prometheus: its readers, and how requests fare. */
public final class ServeMetrics {

  private final PrometheusRegistry registry = PrometheusText.withProcess(new PrometheusRegistry());
  private final RequestMetrics scores;
  private final RequestMetrics searches;

  /**
   * @param nanoTime what requests are timed with
   */
  public ServeMetrics(Collection<ServedModel> models, LongSupplier nanoTime) {
    ReaderMetrics.register(
        registry,
        () -> models.stream().map(ServedModel::reading).filter(Objects::nonNull).toList());
    this.scores = new RequestMetrics(registry, "score", "scored", nanoTime);
    models.forEach(scores::begin);
    this.searches = new RequestMetrics(registry, "search", "searched", nanoTime);
    models.forEach(searches::begin);
    GaugeWithCallback.builder()
        .name("freshet_catalogue_documents")
        .help("Documents that searches by a model can find; 0 of one that does not rank.")
        .labelNames("model")
        .callback(
            callback ->
                models.forEach(
                    model -> callback.call(model.search().contents().documents(), model.name())))
        .register(registry);
    CounterWithCallback.builder()
        .name("freshet_catalogue_unreadable_total")
        .help("Records of the catalogue that could not be read.")
        .labelNames("model")
        .callback(
            callback ->
                models.forEach(
                    model -> callback.call(model.search().contents().unreadable(), model.name())))
        .register(registry);
  }

  RequestMetrics scores() {
    return scores;
  }

  RequestMetrics searches() {
    return searches;
  }

  public PrometheusText text() {
    return new PrometheusText(registry);
  }
}
