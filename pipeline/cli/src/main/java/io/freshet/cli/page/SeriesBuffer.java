package io.freshet.cli.page;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Figures over time, a sample a second at first; when it is full, every second sample goes and the
 * distance doubles, so that a run of any length fits. Safe for many threads.
 */
public final class SeriesBuffer {

  private static final int CAPACITY = 1200;

  private final List<Sample> samples = new ArrayList<>();
  private double distance = 1;

  /** All figures at one moment. */
  public record Sample(
      double seconds,
      double eventsPerSecond,
      double examplesPerSecond,
      Map<String, @Nullable Double> logLoss,
      Map<String, @Nullable Double> auc,
      Map<String, @Nullable Double> stalenessMs) {}

  /** Takes a sample, unless the last one is too near. */
  public synchronized void add(Sample sample) {
    if (!samples.isEmpty()
        && sample.seconds - samples.get(samples.size() - 1).seconds < 0.9 * distance) {
      return;
    }
    samples.add(sample);
    if (samples.size() >= CAPACITY) {
      List<Sample> kept = new ArrayList<>();
      for (int i = 0; i < samples.size(); i += 2) {
        kept.add(samples.get(i));
      }
      samples.clear();
      samples.addAll(kept);
      distance *= 2;
    }
  }

  /** By column. */
  public synchronized LiveView.Series series() {
    return new LiveView.Series(
        samples.stream().map(Sample::seconds).toList(),
        samples.stream().<@Nullable Double>map(Sample::eventsPerSecond).toList(),
        samples.stream().<@Nullable Double>map(Sample::examplesPerSecond).toList(),
        columns(Column.LOG_LOSS),
        columns(Column.AUC),
        columns(Column.STALENESS));
  }

  private enum Column {
    LOG_LOSS,
    AUC,
    STALENESS;

    Map<String, @Nullable Double> of(Sample sample) {
      return switch (this) {
        case LOG_LOSS -> sample.logLoss;
        case AUC -> sample.auc;
        case STALENESS -> sample.stalenessMs;
      };
    }
  }

  private Map<String, List<@Nullable Double>> columns(Column column) {
    Map<String, List<@Nullable Double>> columns = new LinkedHashMap<>();
    for (Sample sample : samples) {
      column.of(sample).keySet().forEach(name -> columns.putIfAbsent(name, new ArrayList<>()));
    }
    columns.forEach(
        (name, values) -> samples.forEach(sample -> values.add(column.of(sample).get(name))));
    return columns;
  }
}
