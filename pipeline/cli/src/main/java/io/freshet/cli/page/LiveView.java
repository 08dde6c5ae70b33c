package io.freshet.cli.page;

import io.freshet.cli.http.ReaderCounts;
import io.freshet.cli.report.GateTotals;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the live page shows at one moment; its JSON is what the page asks for every
 * second. Null stands for what is not known yet.
 *
 * @param state in a few words: starting, learning, stopping, done
 * @param events by type
 * @param backlogEvents sent and not yet handed to the learners
 * @param waitingExamples impressions whose label is not known or not learnt yet
 */
public record LiveView(
    String source,
    String labels,
    String state,
    double wallSeconds,
    Map<String, Long> events,
    double eventsPerSecond,
    double examplesPerSecond,
    long backlogEvents,
    long waitingExamples,
    @Nullable Long sourceTime,
    @Nullable Long checkpointMs,
    @Nullable Long residentBytes,
    @Nullable Double readyToServedMsP50,
    @Nullable Double readyToServedMsP99,
    @Nullable Double scoringMsP50,
    @Nullable Double scoringMsP99,
    List<Model> models,
    List<Version> versions,
    Map<String, Long> deadLetters,
    List<DeadLetter> newestDeadLetters,
    Series series) {

  /**
   * @param gate null where rounds are not judged
   * @param reader null for references, which no reader follows
   */
  public record Model(
      String name,
      String family,
      long examples,
      long step,
      @Nullable Double logLoss,
      @Nullable Double auc,
      @Nullable Double calibration,
      @Nullable Double recentLogLoss,
      @Nullable Double recentAuc,
      @Nullable Double ndcg10,
      @Nullable Double mrr10,
      @Nullable Long version,
      @Nullable Long epoch,
      @Nullable Long served,
      @Nullable Long tableRows,
      @Nullable Long parameters,
      @Nullable Long deltas,
      @Nullable Long bytesPerDelta,
      @Nullable Long bytesPerAnchor,
      @Nullable Long stalenessMs,
      @Nullable GateTotals gate,
      @Nullable ReaderCounts reader) {}

  /**
   * @param verified whether the reader computed this version's hash from its own memory; null when
   *     it went past it
   */
  public record Version(
      String model,
      String version,
      boolean whole,
      long rows,
      long bytes,
      String gate,
      long publishedAt,
      String stateHash,
      @Nullable Boolean verified) {}

  /** A record that could not be used. */
  public record DeadLetter(String kind, String reason, String where) {}

  /**
   * Figures over time, one column per line of a plot, all as long as {@code seconds}.
   *
   * @param seconds of wall time since the start
   */
  public record Series(
      List<Double> seconds,
      List<@Nullable Double> eventsPerSecond,
      List<@Nullable Double> examplesPerSecond,
      Map<String, List<@Nullable Double>> logLoss,
      Map<String, List<@Nullable Double>> auc,
      Map<String, List<@Nullable Double>> stalenessMs) {}
}
