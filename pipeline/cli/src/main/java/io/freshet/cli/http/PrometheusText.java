package io.freshet.cli.http;

import io.freshet.job.ProcessMemory;
import io.javalin.http.Context;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** A registry's metrics in Prometheus' text format. */
public final class PrometheusText {

  private static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final PrometheusRegistry registry;
  private final PrometheusTextFormatWriter writer =
      PrometheusTextFormatWriter.builder().setIncludeCreatedTimestamps(false).build();

  public PrometheusText(PrometheusRegistry registry) {
    this.registry = registry;
  }

  /** Adds what every process tells of itself. */
  public static PrometheusRegistry withProcess(PrometheusRegistry registry) {
    GaugeWithCallback.builder()
        .name("freshet_process_resident_bytes")
        .help("Memory of this process, native memory included.")
        .callback(
            callback -> {
              double bytes = ProcessMemory.residentBytes();
              if (!Double.isNaN(bytes)) {
                callback.call(bytes);
              }
            })
        .register(registry);
    return registry;
  }

  /** All metrics as they are now. */
  public String text() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      writer.write(out, registry.scrape());
    } catch (IOException e) {
      throw new UncheckedIOException("metrics must be writable to memory", e);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  /** Answers with {@link #text}. */
  public void answer(Context context) {
    context.contentType(TYPE).result(text());
  }
}
