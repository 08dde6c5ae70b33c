package io.freshet.cli.collect;

import io.freshet.cli.http.PrometheusText;
import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.ImpressionEvent;
import io.freshet.schema.event.ItemEvent;
import io.freshet.schema.event.JudgmentEvent;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/** What a collector tells Prometheus. */
public final class CollectMetrics {

  private static final String INVALID = "invalid";

  private final PrometheusRegistry registry = PrometheusText.withProcess(new PrometheusRegistry());
  private final Counter collected =
      Counter.builder()
          .name("freshet_collected_events_total")
          .help("Events that came over HTTP and that Kafka has acknowledged.")
          .labelNames("type")
          .register(registry);
  private final Counter refused =
      Counter.builder()
          .name("freshet_refused_events_total")
          .help("Events that were refused at the door: invalid, late, or ahead of their time.")
          .labelNames("reason")
          .register(registry);
  private final Counter unacknowledged =
      Counter.builder()
          .name("freshet_unacknowledged_events_total")
          .help("Events that Kafka did not acknowledge; their sender was told so.")
          .register(registry);
  private final Histogram duration =
      Histogram.builder()
          .name("freshet_acknowledgement_duration_seconds")
          .help("From a request to the acknowledgement of all its events.")
          .unit(Unit.SECONDS)
          .classicOnly()
          .classicUpperBounds(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
          .register(registry);

  public CollectMetrics() {
    for (String type : List.of("item", "query", "impression", "click", "judgment")) {
      collected.initLabelValues(type);
    }
    refused.initLabelValues(INVALID);
    for (EventWindow.Verdict verdict : EventWindow.Verdict.values()) {
      refused.initLabelValues(label(verdict));
    }
  }

  /**
   * @param ageMs since the newest acknowledged heartbeats
   */
  public void heartbeats(LongSupplier ageMs) {
    GaugeWithCallback.builder()
        .name("freshet_heartbeat_age_seconds")
        .help("Since the newest heartbeats that every partition has acknowledged.")
        .callback(callback -> callback.call(ageMs.getAsLong() / 1e3))
        .register(registry);
  }

  void collected(Event event) {
    collected.labelValues(type(event)).inc();
  }

  private static String type(Event event) {
    if (event instanceof ItemEvent) {
      return "item";
    } else if (event instanceof ImpressionEvent) {
      return "impression";
    } else if (event instanceof ClickEvent) {
      return "click";
    }
    return event instanceof JudgmentEvent ? "judgment" : "query";
  }

  void invalid() {
    refused.labelValues(INVALID).inc();
  }

  void refused(EventWindow.Verdict verdict) {
    refused.labelValues(label(verdict)).inc();
  }

  private static String label(EventWindow.Verdict verdict) {
    return verdict.name().toLowerCase(Locale.ROOT);
  }

  void unacknowledged() {
    unacknowledged.inc();
  }

  void answered(long nanos) {
    duration.observe(nanos / 1e9);
  }

  public PrometheusText text() {
    return new PrometheusText(registry);
  }
}
