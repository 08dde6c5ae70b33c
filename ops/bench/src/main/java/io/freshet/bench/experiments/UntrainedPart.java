package io.freshet.bench.experiments;

import io.freshet.bench.experiments.RankedList.Quality;
import io.freshet.bench.experiments.SearchTask.Asked;
import io.freshet.bench.experiments.SearchTask.Fold;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** What late interaction is worth before it has learnt anything, beside BM25 and with it. */
final class UntrainedPart {

  /** Weights of late interaction beside BM25 to choose from; 0 is BM25 alone. */
  static final double[] WEIGHTS = {0, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3};

  private record Width(int floats, int documentWords) {

    LateRanker.Plan plan() {
      return new LateRanker.Plan(
          documentWords, false, "{width: %d, vector: %d}".formatted(floats, floats), "{}");
    }
  }

  private static final List<Width> WIDTHS =
      List.of(new Width(64, 180), new Width(128, 64), new Width(128, 180));

  private UntrainedPart() {}

  static String text(List<SearchTask> tasks) {
    StringBuilder out = new StringBuilder();
    out.append(
        """
        ## Late interaction before it has learnt

        `$COMMAND`

        Real judgments, no clicks. Every query re-ranks BM25's best %d documents; BM25's constants (k1 of %s, b of %s) are those
        that are best on the other four of five folds of queries. The untrained model of family `colbert` has counted the words of
        all documents and learnt nothing. **Fused**: scores standardised over the candidates and added, with the weight, of %s,
        that is best on the other folds. NDCG@10, of `medquad` (1,000 of its questions, drawn by seed 1) MRR@10 of the one answer known
        to be right. Differences: mean over queries and 95 %% interval by the paired bootstrap. Bold: above 0 by all of it.

        | collection | queries | width | words of a document | BM25 | untrained | untrained − BM25 | fused − BM25 |
        |---|---|---|---|---|---|---|---|
        """
            .formatted(
                SearchTask.CANDIDATES, SearchTask.K1, SearchTask.B, Arrays.toString(WEIGHTS)));
    for (SearchTask task : tasks) {
      for (Width width : WIDTHS) {
        out.append(row(task, width, task.quality()));
      }
    }
    return out.toString();
  }

  private static String row(SearchTask task, Width width, Quality quality) {
    List<Double> bm25 = new ArrayList<>();
    List<Double> alone = new ArrayList<>();
    List<Double> fused = new ArrayList<>();
    List<Fold> folds = IntStream.range(0, SearchTask.FOLDS).mapToObj(task::fold).toList();
    List<Asked> all = new ArrayList<>();
    folds.forEach(fold -> all.addAll(fold.others()));
    folds.forEach(fold -> all.addAll(fold.test()));
    double[][] matches;
    try (LateRanker ranker = new LateRanker(width.plan(), task.texts(), 1)) {
      matches = ranker.matches(all);
    }
    int chosen = 0;
    int tested = folds.stream().mapToInt(fold -> fold.others().size()).sum();
    for (Fold fold : folds) {
      int end = chosen + fold.others().size();
      double weight = weight(quality, fold.others(), Arrays.copyOfRange(matches, chosen, end));
      chosen = end;
      for (Asked asked : fold.test()) {
        double[] match = matches[tested++];
        bm25.add(quality.of(asked, asked.scores()));
        alone.add(quality.of(asked, match));
        fused.add(quality.of(asked, RankedList.sum(asked.scores(), weight, match)));
      }
    }
    String row =
        "| %s | %d | %d | %d | %s | %s | %s | %s |%n"
            .formatted(
                task.name(),
                task.queries(),
                width.floats(),
                width.documentWords(),
                Page.number(Page.mean(array(bm25)), 4),
                Page.number(Page.mean(array(alone)), 4),
                Bootstrap.of(array(alone), array(bm25)).marked(),
                Bootstrap.of(array(fused), array(bm25)).marked());
    System.err.print(row);
    return row;
  }

  /** Of {@link #WEIGHTS} the one that is best on these queries, the smallest of equal ones. */
  static double weight(Quality quality, List<Asked> queries, double[][] matches) {
    double best = 0;
    double most = Double.NEGATIVE_INFINITY;
    for (double weight : WEIGHTS) {
      double sum = 0;
      for (int q = 0; q < matches.length; q++) {
        Asked asked = queries.get(q);
        sum += quality.of(asked, RankedList.sum(asked.scores(), weight, matches[q]));
      }
      if (sum > most) {
        most = sum;
        best = weight;
      }
    }
    return best;
  }

  static double[] array(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
