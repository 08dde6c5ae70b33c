package io.freshet.cli.run;

import io.freshet.cli.feed.EventCounts;
import io.freshet.cli.feed.SourceClock;
import io.freshet.cli.http.ReaderCounts;
import io.freshet.cli.page.LiveView;
import io.freshet.cli.page.SeriesBuffer;
import io.freshet.cli.report.DeadLetterCounts;
import io.freshet.cli.report.EvaluationStore;
import io.freshet.cli.report.LogTotals;
import io.freshet.cli.report.LogWatch;
import io.freshet.cli.report.Percentiles;
import io.freshet.cli.report.Reports;
import io.freshet.cli.report.RunReport;
import io.freshet.cli.report.ServedFreshness;
import io.freshet.learning.metric.OnlineQuality;
import io.freshet.modellog.LogEntry;
import io.freshet.modellog.VersionFacts;
import io.freshet.serving.ReaderStats;
import io.freshet.source.Source;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Everything that is measured of a run, as the page and the report want it. */
final class RunFigures {

  private static final int SHOWN_VERSIONS = 40;
  private static final String ORACLE = "oracle";

  /** Fewer examples make figures that jump, and stretch the axes of a plot for good. */
  private static final long ENOUGH_TO_PLOT = 1_000;

  private final String source;
  private final Source opened;
  private final long seed;
  private final List<String> models;
  private final List<String> learnersOfAll;
  private final long waitMs;
  private final EvaluationStore store;
  private final DeadLetterCounts deadLetters;
  private final ServedFreshness freshness;
  private final SourceClock clock;
  private final Supplier<EventCounts> counts;
  private final long startedAt;
  private final Map<String, LogWatch> logs = new ConcurrentHashMap<>();
  private final Map<String, ServingProbe> probes = new ConcurrentHashMap<>();
  private final SeriesBuffer series = new SeriesBuffer();

  private volatile Rates rates = new Rates(0, 0, 0, 0, 0);
  private volatile String state = "starting";

  private record Rates(
      double seconds, long events, long examples, double eventsPerSecond, double perSecond) {}

  RunFigures(
      String source,
      Source opened,
      long seed,
      List<String> models,
      Set<String> ranking,
      long waitMs,
      EvaluationStore store,
      DeadLetterCounts deadLetters,
      ServedFreshness freshness,
      SourceClock clock,
      Supplier<EventCounts> counts,
      long startedAt) {
    this.source = source;
    this.opened = opened;
    this.seed = seed;
    this.models = List.copyOf(models);
    List<String> others = models.stream().filter(model -> !ranking.contains(model)).toList();
    this.learnersOfAll = others.isEmpty() ? this.models : others;
    this.waitMs = waitMs;
    this.store = store;
    this.deadLetters = deadLetters;
    this.freshness = freshness;
    this.clock = clock;
    this.counts = counts;
    this.startedAt = startedAt;
  }

  void follow(String model, LogWatch log) {
    logs.put(model, log);
  }

  void follow(ServingProbe probe) {
    probes.put(probe.model(), probe);
  }

  void state(String now) {
    state = now;
  }

  String state() {
    return state;
  }

  /**
   * Examples that every model has learnt. Models that rank learn from a part of the impressions
   * only, so they are asked only where all do.
   */
  long trained() {
    return learnersOfAll.stream().mapToLong(store::examples).min().orElse(0);
  }

  /** Impressions that are neither learnt by every model nor dead letters. */
  long pending() {
    return Math.max(0, counts.get().impressions() - trained() - deadLetters.counts().impressions());
  }

  private double seconds(long now) {
    return (now - startedAt) / 1e3;
  }

  /** Takes a sample for the plots. */
  void sample(long now) {
    Rates before = rates;
    double seconds = seconds(now);
    long events = counts.get().total();
    long examples = trained();
    double passed = seconds - before.seconds;
    if (passed < 0.5) {
      return;
    }
    rates =
        new Rates(
            seconds,
            events,
            examples,
            before.events == 0 ? 0 : Math.max(0, events - before.events) / passed,
            Math.max(0, examples - before.examples) / passed);
    Map<String, @Nullable Double> logLoss = new LinkedHashMap<>();
    Map<String, @Nullable Double> auc = new LinkedHashMap<>();
    OnlineQuality.@Nullable Figures oracle = null;
    for (EvaluationStore.Figures of : store.figures()) {
      boolean enough = of.examples() >= ENOUGH_TO_PLOT;
      logLoss.put(of.model(), enough ? of.recent().logLoss() : null);
      auc.put(of.model(), enough ? of.recent().auc() : null);
      oracle = enough && of.model().equals(models.get(0)) ? of.oracleRecent() : oracle;
    }
    if (oracle != null) {
      logLoss.put(ORACLE, oracle.logLoss());
      auc.put(ORACLE, oracle.auc());
    }
    Map<String, @Nullable Double> staleness = new LinkedHashMap<>();
    for (String model : models) {
      ServingProbe probe = probes.get(model);
      Long now0 = probe == null ? null : probe.currentStaleness();
      staleness.put(model, now0 == null ? null : now0.doubleValue());
    }
    series.add(
        new SeriesBuffer.Sample(
            seconds, rates.eventsPerSecond, rates.perSecond, logLoss, auc, staleness));
  }

  /** For the page. */
  LiveView view(long now, long backlog, @Nullable Long checkpointMs, @Nullable Long resident) {
    DeadLetterCounts.Counts dead = deadLetters.counts();
    Percentiles scoring = firstProbe();
    return new LiveView(
        source,
        opened.labels(),
        state,
        seconds(now),
        counts.get().byType(),
        rates.eventsPerSecond,
        rates.perSecond,
        backlog,
        pending(),
        clock.eventTime().isPresent() && clock.eventTime().getAsLong() != Long.MAX_VALUE
            ? Long.valueOf(clock.eventTime().getAsLong())
            : null,
        checkpointMs,
        resident,
        freshness.delays().at(0.5),
        freshness.delays().at(0.99),
        milliseconds(scoring == null ? null : scoring.at(0.5)),
        milliseconds(scoring == null ? null : scoring.at(0.99)),
        viewModels(),
        viewVersions(),
        dead.byKind(),
        dead.newest().stream()
            .map(letter -> new LiveView.DeadLetter(letter.kind(), letter.reason(), letter.where()))
            .toList(),
        series.series());
  }

  private @Nullable Percentiles firstProbe() {
    ServingProbe probe = models.isEmpty() ? null : probes.get(models.get(0));
    return probe == null ? null : probe.scoringNanos();
  }

  private static @Nullable Double milliseconds(@Nullable Double nanos) {
    return nanos == null ? null : nanos / 1e6;
  }

  private List<LiveView.Model> viewModels() {
    List<LiveView.Model> shown = new ArrayList<>();
    for (EvaluationStore.Figures of : store.figures()) {
      LogTotals log = totals(of.model());
      ServingProbe probe = probes.get(of.model());
      ReaderStats stats = probe == null ? null : probe.stats();
      VersionFacts served = stats == null ? null : stats.facts();
      shown.add(
          new LiveView.Model(
              of.model(),
              of.family(),
              of.examples(),
              of.step(),
              of.sinceStart().logLoss(),
              of.sinceStart().auc(),
              of.sinceStart().calibration(),
              of.recent().logLoss(),
              of.recent().auc(),
              of.ndcg10(),
              of.mrr10(),
              log == null ? null : log.version(),
              log == null ? null : log.epoch(),
              served == null ? null : served.version().number(),
              log == null ? null : log.tableRows(),
              log == null ? null : log.parameters(),
              log == null ? null : log.deltas(),
              log == null ? null : log.bytesPerDelta(),
              log == null ? null : log.bytesPerAnchor(),
              probe == null ? null : probe.currentStaleness(),
              log == null ? null : log.gate(),
              stats == null ? null : ReaderCounts.of(stats)));
    }
    return shown;
  }

  private List<LiveView.Version> viewVersions() {
    List<LiveView.Version> shown = new ArrayList<>();
    for (Map.Entry<String, LogWatch> log : logs.entrySet()) {
      ServingProbe probe = probes.get(log.getKey());
      for (LogEntry.Manifest manifest : log.getValue().newest()) {
        VersionFacts facts = manifest.facts();
        shown.add(
            new LiveView.Version(
                log.getKey(),
                facts.version().toString(),
                facts.parent() == null,
                manifest.changedRows(),
                manifest.payloadBytes(),
                facts.gate(),
                manifest.publishedAt(),
                facts.stateHash().toString(),
                probe == null ? null : probe.proven(facts.version())));
      }
    }
    return shown.stream()
        .sorted(Comparator.comparingLong(LiveView.Version::publishedAt).reversed())
        .limit(SHOWN_VERSIONS)
        .toList();
  }

  private @Nullable LogTotals totals(String model) {
    LogWatch log = logs.get(model);
    return log == null ? null : log.totals();
  }

  /**
   * The report as of now.
   *
   * @param learntAt when everything that was sent had been learnt; null while it has not
   * @param sent events in this start
   * @param complete whether the rows are read again for the exact figures
   */
  RunReport report(
      long now, @Nullable Long learntAt, long sent, @Nullable Double firstScore, boolean complete) {
    DeadLetterCounts.Counts dead = deadLetters.counts();
    double wall = seconds(learntAt == null ? now : learntAt);
    Map<String, LogTotals> totals = new LinkedHashMap<>();
    for (String model : models) {
      LogTotals of = totals(model);
      if (of != null) {
        totals.put(model, of);
      }
    }
    return new RunReport(
        source,
        opened.labels(),
        seed,
        counts.get().byType(),
        trained(),
        pending(),
        dead.deadLetters(),
        dead.of("late"),
        dead.of("repeated"),
        dead.byKind(),
        wall > 0 && sent > 0 ? Double.valueOf(sent / wall) : null,
        wall,
        firstScore,
        complete,
        Reports.models(store, totals, complete),
        models.stream()
            .map(probes::get)
            .filter(java.util.Objects::nonNull)
            .map(ServingProbe::report)
            .toList(),
        new RunReport.Freshness(
            freshness.delays().at(0.5),
            freshness.delays().at(0.99),
            freshness.delays().count(),
            waitMs));
  }
}
