package io.freshet.cli.compare;

import io.freshet.cli.report.EvaluationStore;
import io.freshet.learning.compare.PairedComparison;
import io.freshet.learning.compare.PromotionRule;
import io.freshet.learning.compare.Standing;
import io.freshet.learning.metric.LogLoss;
import io.freshet.learning.metric.QualityRows;
import io.freshet.schema.avro.Evaluation;
import io.freshet.schema.avro.EvaluationRow;
import io.freshet.scoring.feature.Ids;
import it.unimi.dsi.fastutil.longs.Long2DoubleLinkedOpenHashMap;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Watches evaluations as they come, each model's in its own order and models among each other in
 * any, and says when a challenger is to take the champion's place. From then on that one is the
 * champion, and everything is compared anew. Memory is bounded: what waits for the other model's
 * word is forgotten, oldest first, where models are further apart than {@link #MOST_WAITING} rows.
 * Belongs to one thread.
 */
public final class PromotionWatch {

  private static final int MOST_WAITING = 500_000;

  private final long blockMs;
  private final double confidence;
  private final long horizonMs;
  private final Map<String, Long> steps = new HashMap<>();
  private final Map<String, Challenger> challengers = new LinkedHashMap<>();
  private final Long2DoubleLinkedOpenHashMap championLosses = new Long2DoubleLinkedOpenHashMap();
  private String champion;
  private long championUntil = Long.MIN_VALUE;
  private boolean acting;

  /**
   * The rule fired.
   *
   * @param from the champion until now
   * @param to who takes its place
   * @param standing of the two, the losses of {@code from} being the first
   */
  public record Promotion(String from, String to, Standing standing) {}

  private record Row(long example, long time, long user, double loss) {}

  private final class Challenger {

    final ArrayDeque<Row> waiting = new ArrayDeque<>();
    final PairedComparison paired = new PairedComparison(blockMs, confidence);
    final PromotionRule rule = new PromotionRule(horizonMs);

    /** Takes what both models have spoken of; returns the standing at which the rule fired. */
    @Nullable Standing settle() {
      while (!waiting.isEmpty()) {
        Row row = waiting.getFirst();
        if (!championLosses.containsKey(row.example)) {
          if (row.time >= championUntil && waiting.size() <= MOST_WAITING) {
            return null;
          }
          waiting.removeFirst();
          continue;
        }
        waiting.removeFirst();
        double loss = championLosses.get(row.example);
        boolean closed = paired.add(row.time, row.user, loss, row.loss);
        if (closed && acting && rule.promotes(paired.standing())) {
          return paired.standing();
        }
      }
      return null;
    }
  }

  /**
   * @param champion the model whose place is at stake
   * @param blockMs event time of the blocks in which rows hang together
   * @param confidence that the intervals hold at all times
   * @param horizonMs event time for which a challenger must be better
   */
  public PromotionWatch(String champion, long blockMs, double confidence, long horizonMs) {
    this.champion = champion;
    this.blockMs = blockMs;
    this.confidence = confidence;
    this.horizonMs = horizonMs;
  }

  public String champion() {
    return champion;
  }

  /**
   * From now on the rule may fire: its horizon begins here, while what was taken before counts as
   * evidence. Without this call nothing is ever promoted.
   */
  public void act() {
    acting = true;
  }

  /** Somebody else gave the champion's place to {@code model}: compares everything with it anew. */
  public void crown(String model) {
    champion = model;
    championUntil = Long.MIN_VALUE;
    championLosses.clear();
    challengers.clear();
  }

  /**
   * Takes what a model said of a step's examples. What it says again after a restart, which is the
   * same, and what references say is passed over.
   *
   * @return who takes the champion's place because of it; null where it stays
   */
  public @Nullable Promotion take(Evaluation evaluation) {
    String model = evaluation.getModel();
    long step = evaluation.getStep();
    if (evaluation.getFamily().equals(EvaluationStore.REFERENCE)
        || step <= steps.getOrDefault(model, Long.MIN_VALUE)) {
      return null;
    }
    steps.put(model, step);
    if (model.equals(champion)) {
      evaluation.getRows().forEach(this::addToChampion);
    } else {
      Challenger challenger = challengers.computeIfAbsent(model, name -> new Challenger());
      evaluation.getRows().forEach(row -> challenger.waiting.add(row(row)));
    }
    for (Map.Entry<String, Challenger> entry : challengers.entrySet()) {
      Standing standing = entry.getValue().settle();
      if (standing != null) {
        Promotion promotion = new Promotion(champion, entry.getKey(), standing);
        crown(entry.getKey());
        return promotion;
      }
    }
    return null;
  }

  private void addToChampion(EvaluationRow row) {
    championLosses.putAndMoveToLast(Ids.of(row.getExampleId()), loss(row));
    championUntil = Math.max(championUntil, row.getReadyTime());
    if (championLosses.size() > MOST_WAITING) {
      championLosses.removeFirstDouble();
    }
  }

  private static Row row(EvaluationRow row) {
    long user = row.getUserId() == null ? QualityRows.NO_USER : Ids.of(row.getUserId());
    return new Row(Ids.of(row.getExampleId()), row.getReadyTime(), user, loss(row));
  }

  private static double loss(EvaluationRow row) {
    return LogLoss.of(row.getPrediction(), row.getLabel());
  }
}
