package io.freshet.cli.report;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The report of a run, as it is in JSON: null for what was not measured.
 *
 * @param labels where the source's labels come from
 * @param events by type, those of earlier starts on the same data included
 * @param trainedExamples those that every model has learnt; models that rank are asked only where
 *     all do
 * @param pendingExamples impressions that are neither learnt by every model nor dead letters
 * @param deadLetters records that could not be used; late and repeated events are not among them
 * @param eventsPerSecond of this start
 * @param wallSeconds of this start, from the first event to the last figure
 * @param complete whether the run has come to its end
 */
public record RunReport(
    String source,
    String labels,
    long seed,
    Map<String, Long> events,
    long trainedExamples,
    long pendingExamples,
    long deadLetters,
    long lateEvents,
    long repeatedEvents,
    Map<String, Long> deadLettersByKind,
    @Nullable Double eventsPerSecond,
    double wallSeconds,
    @Nullable Double secondsToFirstScore,
    boolean complete,
    List<Model> models,
    List<Reader> readers,
    Freshness freshness) {

  /**
   * One model, or one reference, of which there is no log.
   *
   * @param parameters floats of tensors and tables
   * @param ndcg10 and {@code mrr10}: of ranking models, over what was shown for each query, against
   *     judgments where there are any and else against clicks
   * @param deltas versions, those that hold a whole state at an attempt's start not counted
   * @param gate null where rounds are not judged, as those of references
   */
  public record Model(
      String name,
      String family,
      @Nullable String engine,
      @Nullable Long version,
      @Nullable Long step,
      @Nullable Long epoch,
      @Nullable Long parameters,
      @Nullable Long tableRows,
      @Nullable Long anchors,
      @Nullable Long deltas,
      @Nullable Long bytesPerDelta,
      @Nullable Long bytesPerAnchor,
      @Nullable String stateHash,
      long examples,
      @Nullable Double baseRate,
      @Nullable Double auc,
      @Nullable Double gauc,
      @Nullable Double logLoss,
      @Nullable Double normalizedEntropy,
      @Nullable Double calibration,
      @Nullable Double ece,
      @Nullable Double withinPositionAuc,
      @Nullable Double oracleWithinPositionAuc,
      @Nullable Double oracleLogLoss,
      @Nullable Double baselineLogLoss,
      @Nullable Double ndcg10,
      @Nullable Double mrr10,
      Recent recent,
      @Nullable GateTotals gate) {}

  /** The last fifth of the examples. */
  public record Recent(@Nullable Long examples, @Nullable Double auc, @Nullable Double logLoss) {}

  /**
   * @param matches whether the hash that the reader computed of what it holds is the manifest's
   * @param gaps times that the chain could not be followed or memory was found changed
   * @param heals times that a whole state was built anew while another was served
   * @param undos times that versions which a claim took back were undone, without a rebuild
   * @param scrubs times that the whole memory was hashed anew
   * @param findings times that a scrub found memory changed
   * @param foreign records of the log that another writer than its learner must have put there
   * @param staleRefused requests that were refused, the version being too stale
   * @param staleDefaulted requests that were answered with the declared default instead
   */
  public record Reader(
      String model,
      String isolation,
      @Nullable Long version,
      @Nullable Long epoch,
      @Nullable String stateHash,
      @Nullable Boolean matches,
      @Nullable Double stalenessMsP50,
      @Nullable Double stalenessMsP99,
      long swaps,
      long gaps,
      long heals,
      long undos,
      long scrubs,
      long findings,
      long foreign,
      long staleRefused,
      long staleDefaulted) {}

  /**
   * From an example being ready to the first score by a version that learnt it.
   *
   * @param measured how many examples that could be said of
   */
  public record Freshness(
      @Nullable Double readyToServedMsP50,
      @Nullable Double readyToServedMsP99,
      long measured,
      long labelWaitMs) {}

  /** Replaces {@code file} in one move. */
  public void write(Path file) {
    AtomicFile.write(file, out -> out.write(json()));
  }

  /** One JSON object in UTF-8, indented. */
  public byte[] json() throws IOException {
    String text =
        JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build()
            .writeValueAsString(this);
    return (text + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
