package io.freshet.bench.experiments;

import io.freshet.bench.experiments.SearchTask.Asked;
import io.freshet.source.clicks.Chance;
import io.freshet.source.clicks.ClickModel;
import io.freshet.source.clicks.Grades;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Result pages of a task's queries with clicks simulated from the judgments: each page shows a
 * query's first {@value #SIZE} candidates, or for a share of the pages {@value #SIZE} drawn from
 * its first {@value #DRAWN_FROM} in random order. All queries come once before any comes again, in
 * an order that the seed draws anew each time.
 */
final class SimulatedPages {

  static final int SIZE = 10;
  static final int DRAWN_FROM = 50;

  /**
   * @param explore share of pages that are random
   * @param noise probability that an irrelevant document attracts a click once it is looked at
   * @param order in which documents are shown
   */
  record Policy(ClickModel clicks, double explore, double noise, Order order) {}

  /** What ranks the pages that are not random. */
  enum Order {
    /** BM25. */
    BM25,
    /** BM25 upside down within the page: what matches best is seen last. */
    REVERSED,
    /** An order of the first {@value #DRAWN_FROM} candidates drawn once a query. */
    BLIND
  }

  /**
   * One page.
   *
   * @param query its number
   * @param shown candidates by position
   * @param looked the true probability that each was looked at
   */
  record Result(int query, int[] shown, double[] looked, boolean[] clicked) {}

  private SimulatedPages() {}

  /**
   * @param times each query is asked
   */
  static List<Result> draw(
      List<Asked> queries, int highestGrade, Policy policy, int times, long seed) {
    Grades grades = new Grades(highestGrade, policy.noise());
    List<Result> pages = new ArrayList<>();
    int[] order = new int[queries.size()];
    Arrays.setAll(order, i -> i);
    for (int time = 0; time < times; time++) {
      shuffle(order, order.length, new Chance(seed, time));
      for (int query : order) {
        Chance chance = new Chance(seed, times + pages.size());
        Asked asked = queries.get(query);
        int[] shown = shown(asked, policy, new Chance(-1 - seed, query), chance);
        double[] attractions =
            Arrays.stream(shown)
                .mapToDouble(c -> grades.attraction(Math.max(0, asked.grades()[c])))
                .toArray();
        double[] looked = policy.clicks().examinations(attractions);
        pages.add(new Result(query, shown, looked, policy.clicks().draw(attractions, chance)));
      }
    }
    return pages;
  }

  private static int[] shown(Asked asked, Policy policy, Chance order, Chance chance) {
    int[] candidates = new int[Math.min(DRAWN_FROM, asked.candidates().length)];
    Arrays.setAll(candidates, i -> i);
    int size = Math.min(SIZE, candidates.length);
    if (policy.order() == Order.BLIND) {
      shuffle(candidates, candidates.length, order);
    }
    if (policy.order() == Order.REVERSED) {
      for (int i = 0; i < size; i++) {
        candidates[i] = size - 1 - i;
      }
    }
    if (chance.unit() < policy.explore()) {
      shuffle(candidates, size, chance);
    }
    return Arrays.copyOf(candidates, size);
  }

  /** Draws the first {@code count} places without replacement. */
  private static void shuffle(int[] values, int count, Chance chance) {
    for (int i = 0; i < count; i++) {
      int other = i + chance.below(values.length - i);
      int moved = values[i];
      values[i] = values[other];
      values[other] = moved;
    }
  }
}
