package io.freshet.bench.experiments;

import io.freshet.source.clicks.Chance;
import io.freshet.source.search.Bm25;
import io.freshet.source.search.SearchCollection;
import io.freshet.source.search.SearchCollection.Document;
import io.freshet.source.search.SearchCollection.Query;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A collection's queries, each with the best {@value #CANDIDATES} documents of a BM25 whose
 * constants other queries chose. Queries are shared out among {@value #FOLDS} folds by a seed;
 * those for which no document of the collection is relevant are left out.
 */
final class SearchTask {

  static final int FOLDS = 5;
  static final int CANDIDATES = 100;
  static final List<Double> K1 = List.of(0.6, 0.9, 1.2, 2.0);
  static final List<Double> B = List.of(0.3, 0.5, 0.75, 0.9);

  /**
   * A query and its candidates, BM25's best first.
   *
   * @param candidates indexes in the collection
   * @param scores [candidates] of BM25
   * @param grades [candidates]; {@link RankedList#UNJUDGED} where no judge saw it
   * @param judged all grades of documents in the collection, candidates or not
   */
  record Asked(
      String id, String text, int[] candidates, double[] scores, int[] grades, int[] judged) {}

  /**
   * @param k1 of BM25, like {@code b} the best on the other folds' queries
   * @param test the fold's queries
   * @param others those of all other folds
   */
  record Fold(double k1, double b, List<Asked> test, List<Asked> others) {}

  private final String name;
  private final int highestGrade;
  private final RankedList.Quality quality;
  private final List<String> texts;
  private final Bm25 ranker;
  private final List<Asked> bare = new ArrayList<>();
  private final List<Map<Integer, Integer>> grades = new ArrayList<>();
  private final double[][] qualities;
  private final int[] folds;

  /**
   * @param atMost so many queries, drawn by the seed like the folds
   */
  SearchTask(SearchCollection collection, RankedList.Quality quality, int atMost, long seed) {
    this.name = collection.name();
    this.highestGrade = collection.highestGrade();
    this.quality = quality;
    this.texts = collection.documents().stream().map(Document::text).toList();
    this.ranker = new Bm25(texts);
    Map<String, Integer> places = new HashMap<>();
    for (int i = 0; i < texts.size(); i++) {
      places.put(collection.documents().get(i).id(), i);
    }
    for (Query query : shuffled(collection.queries(), seed)) {
      Map<Integer, Integer> known = new HashMap<>();
      query
          .grades()
          .forEach(
              (id, grade) -> {
                Integer place = places.get(id);
                if (place != null) {
                  known.put(place, grade);
                }
              });
      if (bare.size() < atMost && known.values().stream().anyMatch(grade -> grade > 0)) {
        grades.add(known);
        bare.add(
            new Asked(query.id(), query.text(), new int[0], new double[0], new int[0], new int[0]));
      }
    }
    folds = new int[bare.size()];
    for (int q = 0; q < folds.length; q++) {
      folds[q] = q % FOLDS;
    }
    qualities = new double[K1.size() * B.size()][];
    for (int choice = 0; choice < qualities.length; choice++) {
      Bm25 chosen = chosen(choice);
      qualities[choice] = new double[folds.length];
      for (int q = 0; q < folds.length; q++) {
        Asked asked = asked(q, chosen);
        qualities[choice][q] = quality.of(asked, asked.scores());
      }
    }
  }

  private static List<Query> shuffled(List<Query> queries, long seed) {
    List<Query> order = new ArrayList<>(queries);
    order.sort(Comparator.comparing(Query::id));
    Chance chance = new Chance(seed, 0);
    for (int i = order.size() - 1; i > 0; i--) {
      Query moved = order.set(chance.below(i + 1), order.get(i));
      order.set(i, moved);
    }
    return order;
  }

  private Bm25 chosen(int choice) {
    return ranker.with(K1.get(choice / B.size()), B.get(choice % B.size()));
  }

  private Asked asked(int query, Bm25 bm25) {
    Asked asked = bare.get(query);
    double[] all = bm25.scores(asked.text());
    int[] candidates = Bm25.top(all, CANDIDATES);
    double[] scores = new double[candidates.length];
    int[] graded = new int[candidates.length];
    for (int i = 0; i < candidates.length; i++) {
      scores[i] = all[candidates[i]];
      graded[i] = grades.get(query).getOrDefault(candidates[i], RankedList.UNJUDGED);
    }
    int[] judged = grades.get(query).values().stream().mapToInt(Integer::intValue).toArray();
    return new Asked(asked.id(), asked.text(), candidates, scores, graded, judged);
  }

  String name() {
    return name;
  }

  /** By which constants were chosen. */
  RankedList.Quality quality() {
    return quality;
  }

  int highestGrade() {
    return highestGrade;
  }

  /** Of all documents. */
  List<String> texts() {
    return texts;
  }

  int queries() {
    return folds.length;
  }

  Fold fold(int fold) {
    int best = 0;
    double most = Double.NEGATIVE_INFINITY;
    for (int choice = 0; choice < qualities.length; choice++) {
      double sum = 0;
      for (int q = 0; q < folds.length; q++) {
        sum += folds[q] == fold ? 0 : qualities[choice][q];
      }
      if (sum > most) {
        most = sum;
        best = choice;
      }
    }
    Bm25 chosen = chosen(best);
    List<Asked> test = new ArrayList<>();
    List<Asked> others = new ArrayList<>();
    for (int q = 0; q < folds.length; q++) {
      Asked asked = asked(q, chosen);
      (folds[q] == fold ? test : others).add(asked);
    }
    return new Fold(K1.get(best / B.size()), B.get(best % B.size()), test, others);
  }
}
