package io.freshet.cli.http;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** What readers hold and have met: the same metrics in every process that has readers. */
public final class ReaderMetrics {

  private final PrometheusRegistry registry;
  private final Supplier<List<Reading>> readings;

  /**
   * What is said of one reader.
   *
   * @param model what it was opened for, a model or a served name
   * @param family empty while it is not known
   * @param served number of the version that is served; null before the first
   * @param stalenessMs null while the source's time is not known
   */
  public record Reading(
      String model,
      String family,
      @Nullable Long served,
      @Nullable Long stalenessMs,
      ReaderCounts counts) {}

  private ReaderMetrics(PrometheusRegistry registry, Supplier<List<Reading>> readings) {
    this.registry = registry;
    this.readings = readings;
  }

  /**
   * @param readings asked for at every scrape
   */
  public static void register(PrometheusRegistry registry, Supplier<List<Reading>> readings) {
    ReaderMetrics metrics = new ReaderMetrics(registry, readings);
    metrics.gauge(
        "freshet_served_version", "Number of the version that is served.", Reading::served, 1);
    metrics.gauge(
        "freshet_staleness_seconds",
        "How long ago the source was where the served version has learnt up to.",
        Reading::stalenessMs,
        1e-3);
    metrics.counter(
        "freshet_reader_gaps_total",
        "Times that the chain of versions could not be followed.",
        ReaderCounts::gaps);
    metrics.counter(
        "freshet_reader_heals_total",
        "Times that a whole state was built anew while another was served.",
        ReaderCounts::heals);
    metrics.counter(
        "freshet_reader_undos_total",
        "Times that versions which a claim took back were undone, without a rebuild.",
        ReaderCounts::undos);
    metrics.counter(
        "freshet_reader_scrubs_total",
        "Times that the whole served memory was hashed anew.",
        ReaderCounts::scrubs);
    metrics.counter(
        "freshet_reader_findings_total",
        "Times that a scrub found memory changed.",
        ReaderCounts::findings);
    metrics.counter(
        "freshet_reader_foreign_total",
        "Records of the log that another writer than its learner must have put there.",
        ReaderCounts::foreign);
    metrics.counter(
        "freshet_reader_stale_refused_total",
        "Requests that were refused, the version being too stale.",
        ReaderCounts::staleRefused);
    metrics.counter(
        "freshet_reader_stale_defaulted_total",
        "Requests that were answered with the declared default, the version being too stale.",
        ReaderCounts::staleDefaulted);
  }

  private void gauge(
      String name, String help, Function<Reading, @Nullable Long> value, double unit) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames("model", "family")
        .callback(
            callback -> {
              for (Reading reading : readings.get()) {
                Long now = value.apply(reading);
                if (now != null) {
                  callback.call(now * unit, reading.model(), reading.family());
                }
              }
            })
        .register(registry);
  }

  private void counter(String name, String help, ToLongFunction<ReaderCounts> value) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames("model", "family")
        .callback(
            callback -> {
              for (Reading reading : readings.get()) {
                callback.call(
                    value.applyAsLong(reading.counts()), reading.model(), reading.family());
              }
            })
        .register(registry);
  }
}
