package io.freshet.cli.report;

import io.freshet.learning.metric.RankingQuality;
import io.freshet.schema.avro.EvaluationRow;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How well a ranking model orders what was shown: against judgments, over the lists that somebody
 * judged (an item without a grade counts as irrelevant there); where nobody judged anything,
 * against clicks.
 */
final class Lists {

  private final RankingQuality judged = new RankingQuality();
  private final RankingQuality clicked = new RankingQuality();
  private boolean anyGrade;

  /** Takes the rows of one step: those of a query that were trained on together are a list. */
  void add(List<EvaluationRow> rows) {
    for (int begin = 0; begin < rows.size(); ) {
      int end = begin + 1;
      while (end < rows.size() && together(rows.get(begin), rows.get(end))) {
        end++;
      }
      if (rows.get(begin).getQueryId() != null) {
        addList(rows.subList(begin, end));
      }
      begin = end;
    }
  }

  private static boolean together(EvaluationRow one, EvaluationRow other) {
    return Objects.equals(one.getQueryId(), other.getQueryId())
        && one.getReadyTime() == other.getReadyTime();
  }

  private void addList(List<EvaluationRow> rows) {
    double[] scores = new double[rows.size()];
    int[] clicks = new int[rows.size()];
    int[] grades = new int[rows.size()];
    boolean graded = false;
    for (int i = 0; i < scores.length; i++) {
      EvaluationRow row = rows.get(i);
      scores[i] = row.getPrediction();
      clicks[i] = row.getLabel() > 0.5f ? 1 : 0;
      Integer grade = row.getGrade();
      graded |= grade != null;
      grades[i] = grade == null ? 0 : grade;
    }
    clicked.add(scores, clicks);
    if (graded) {
      anyGrade = true;
      judged.add(scores, grades);
    }
  }

  @Nullable Double ndcg10() {
    return (anyGrade ? judged : clicked).ndcg10();
  }

  @Nullable Double mrr10() {
    return (anyGrade ? judged : clicked).mrr10();
  }
}
