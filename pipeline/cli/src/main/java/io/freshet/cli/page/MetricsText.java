package io.freshet.cli.page;

import io.freshet.cli.http.PrometheusText;
import io.freshet.cli.http.ReaderMetrics;
import io.freshet.cli.report.GateTotals;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The same figures as the page's, in Prometheus' text format; what is not known is left out. */
final class MetricsText {

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Supplier<LiveView> view;

  MetricsText(Supplier<LiveView> view) {
    this.view = view;
    run();
    models();
    ReaderMetrics.register(registry, this::readings);
  }

  private void run() {
    CounterWithCallback.builder()
        .name("freshet_events_total")
        .help("Events that the source has given.")
        .labelNames("type")
        .callback(callback -> view.get().events().forEach((type, n) -> callback.call(n, type)))
        .register(registry);
    CounterWithCallback.builder()
        .name("freshet_dead_letters_total")
        .help("Records that could not be used; late and repeated events are kinds of their own.")
        .labelNames("kind")
        .callback(callback -> view.get().deadLetters().forEach((kind, n) -> callback.call(n, kind)))
        .register(registry);
    counter("freshet_late_events_total", "Events too old for their partition.", "late");
    counter("freshet_repeated_events_total", "Events that came again.", "repeated");
    gauge(
        "freshet_pending_examples",
        "Impressions whose label is not known or not learnt yet.",
        live -> (double) live.waitingExamples());
    gauge(
        "freshet_training_lag_events",
        "Events sent and not yet handed to the learners.",
        live -> (double) live.backlogEvents());
    gauge(
        "freshet_checkpoint_duration_seconds",
        "Duration of the last complete checkpoint.",
        live -> seconds(live.checkpointMs()));
    gauge(
        "freshet_process_resident_bytes",
        "Memory of this process, native memory included.",
        live -> number(live.residentBytes()));
    gauge(
        "freshet_ready_to_served_p50_seconds",
        "From an example being ready to the first score by a version that learnt it, median.",
        live -> live.readyToServedMsP50() == null ? null : live.readyToServedMsP50() / 1e3);
    gauge(
        "freshet_ready_to_served_p99_seconds",
        "The same, 99th percentile.",
        live -> live.readyToServedMsP99() == null ? null : live.readyToServedMsP99() / 1e3);
    gauge(
        "freshet_scoring_p50_seconds",
        "Time of one request for scores, median.",
        live -> live.scoringMsP50() == null ? null : live.scoringMsP50() / 1e3);
    gauge(
        "freshet_scoring_p99_seconds",
        "The same, 99th percentile.",
        live -> live.scoringMsP99() == null ? null : live.scoringMsP99() / 1e3);
  }

  private void models() {
    modelCounter("freshet_examples_total", "Examples learnt.", m -> (double) m.examples());
    modelCounter("freshet_steps_total", "Mini-batches learnt.", m -> (double) m.step());
    modelGauge(
        "freshet_prequential_log_loss_nats",
        "Mean log loss of predictions made before their label, lately.",
        LiveView.Model::recentLogLoss);
    modelGauge(
        "freshet_prequential_auc_ratio",
        "AUC of predictions made before their label, lately.",
        LiveView.Model::recentAuc);
    modelGauge(
        "freshet_prequential_calibration_ratio",
        "Mean prediction over mean label.",
        LiveView.Model::calibration);
    modelGauge(
        "freshet_published_version", "Number of the newest version.", m -> number(m.version()));
    modelGauge("freshet_table_rows", "Rows of all tables.", m -> number(m.tableRows()));
    gateCounter(
        "freshet_gate_passed_total",
        "Rounds that could become versions, those included that passed unjudged.",
        GateTotals::passed);
    gateCounter(
        "freshet_gate_refused_total",
        "Rounds that were refused: the learner went back to its last good state.",
        GateTotals::refused);
    gateCounter(
        "freshet_gate_forced_total",
        "Rounds that passed because refusals did not help, or unjudged after that.",
        GateTotals::forced);
    gateCounter(
        "freshet_gate_skipped_examples_total",
        "Examples that refused rounds took with them.",
        GateTotals::skippedExamples);
    modelCounter(
        "freshet_publication_bytes_total",
        "Payload of the deltas on the log.",
        m ->
            m.deltas() == null || m.bytesPerDelta() == null
                ? null
                : (double) m.deltas() * m.bytesPerDelta());
  }

  private List<ReaderMetrics.Reading> readings() {
    List<ReaderMetrics.Reading> readings = new ArrayList<>();
    for (LiveView.Model model : view.get().models()) {
      if (model.reader() != null) {
        readings.add(
            new ReaderMetrics.Reading(
                model.name(), model.family(), model.served(), model.stalenessMs(), model.reader()));
      }
    }
    return readings;
  }

  private void gateCounter(String name, String help, ToLongFunction<GateTotals> value) {
    modelCounter(
        name,
        help,
        model -> model.gate() == null ? null : (double) value.applyAsLong(model.gate()));
  }

  private void counter(String name, String help, String kind) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> callback.call(view.get().deadLetters().getOrDefault(kind, 0L)))
        .register(registry);
  }

  private void gauge(String name, String help, Function<LiveView, @Nullable Double> value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(
            callback -> {
              Double now = value.apply(view.get());
              if (now != null) {
                callback.call(now);
              }
            })
        .register(registry);
  }

  private void modelGauge(
      String name, String help, Function<LiveView.Model, @Nullable Double> value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames("model", "family")
        .callback(
            callback -> {
              for (LiveView.Model model : view.get().models()) {
                Double now = value.apply(model);
                if (now != null) {
                  callback.call(now, model.name(), model.family());
                }
              }
            })
        .register(registry);
  }

  private void modelCounter(
      String name, String help, Function<LiveView.Model, @Nullable Double> value) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames("model", "family")
        .callback(
            callback -> {
              for (LiveView.Model model : view.get().models()) {
                Double now = value.apply(model);
                if (now != null) {
                  callback.call(now, model.name(), model.family());
                }
              }
            })
        .register(registry);
  }

  private static @Nullable Double number(@Nullable Long value) {
    return value == null ? null : Double.valueOf(value);
  }

  private static @Nullable Double seconds(@Nullable Long milliseconds) {
    return milliseconds == null ? null : milliseconds / 1e3;
  }

  PrometheusText text() {
    return new PrometheusText(registry);
  }
}
