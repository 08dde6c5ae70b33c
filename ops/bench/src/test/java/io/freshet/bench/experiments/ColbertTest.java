package io.freshet.bench.experiments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.bench.experiments.RankedList.Quality;
import io.freshet.bench.experiments.SearchTask.Asked;
import io.freshet.bench.experiments.SearchTask.Fold;
import io.freshet.bench.experiments.SimulatedPages.Order;
import io.freshet.learning.metric.RankingQuality;
import io.freshet.source.clicks.ClickModel;
import io.freshet.source.search.SearchCollection;
import io.freshet.source.search.SearchCollection.Document;
import io.freshet.source.search.SearchCollection.Query;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ColbertTest {

  private static final LateRanker.Plan SMALL =
      new LateRanker.Plan(16, false, "{width: 32, vector: 32}", "{}");

  /** Ten queries "kind-of-thing n", each with one right document and one wrong one judged. */
  private static SearchCollection collection() {
    List<Document> documents = new ArrayList<>();
    List<Query> queries = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      documents.add(new Document("good" + i, "lamps kind" + i + " for reading", Map.of()));
      documents.add(new Document("bad" + i, "lamp kind" + (i + 1) % 10 + " broken", Map.of()));
      queries.add(new Query("q" + i, "lamp kind" + i, Map.of("good" + i, 2, "bad" + i, 0)));
    }
    queries.add(new Query("hopeless", "lamp", Map.of("bad1", 0, "not in the catalogue", 2)));
    return new SearchCollection("small", 3, documents, queries);
  }

  @Test
  void qualitiesAreThoseOfTheProductWhereAllThatIsJudgedIsInTheList() {
    Random random = new Random(1);
    for (int run = 0; run < 50; run++) {
      int n = 1 + random.nextInt(30);
      int[] grades = new int[n];
      double[] scores = new double[n];
      for (int i = 0; i < n; i++) {
        grades[i] = random.nextInt(4);
        scores[i] = random.nextDouble();
      }
      grades[random.nextInt(n)] = 1;
      RankingQuality expected = new RankingQuality();
      expected.add(scores, grades);
      Asked asked = new Asked("", "", new int[n], new double[n], grades, grades);
      assertThat(Quality.NDCG.of(asked, scores)).isCloseTo(expected.ndcg10(), within(1e-12));
      assertThat(Quality.MRR.of(asked, scores)).isCloseTo(expected.mrr10(), within(1e-12));
    }
  }

  @Test
  void whatNoJudgeSawIsIrrelevantOrLeftOutAndWhatWasNotFoundIsMissed() {
    int[] grades = {RankedList.UNJUDGED, 1};
    Asked asked = new Asked("", "", new int[2], new double[2], grades, new int[] {1, 1, 0});
    double[] scores = {2, 1};
    double ideal = 1 + Math.log(2) / Math.log(3);
    assertThat(Quality.NDCG.of(asked, scores))
        .isCloseTo(Math.log(2) / Math.log(3) / ideal, within(1e-12));
    assertThat(Quality.NDCG_JUDGED.of(asked, scores)).isCloseTo(1 / ideal, within(1e-12));
  }

  @Test
  void everyQueryThatCanBeAnsweredIsTestedByOneFoldAndTeachesInTheOthers() {
    SearchTask task = new SearchTask(collection(), Quality.NDCG, Integer.MAX_VALUE, 1);
    assertThat(task.queries()).isEqualTo(10);
    Set<String> tested = new HashSet<>();
    for (int f = 0; f < SearchTask.FOLDS; f++) {
      Fold fold = task.fold(f);
      assertThat(fold.test()).hasSize(2).allMatch(asked -> tested.add(asked.id()));
      assertThat(fold.others())
          .hasSize(8)
          .extracting(Asked::id)
          .doesNotContainAnyElementsOf(fold.test().stream().map(Asked::id).toList());
    }
    assertThat(tested).hasSize(10);
  }

  @Test
  void anUntrainedRankerMatchesWordsOfLikeSpelling() {
    SearchTask task = new SearchTask(collection(), Quality.NDCG, Integer.MAX_VALUE, 1);
    Asked asked =
        new Asked("", "lamps kind3", new int[] {6, 8}, new double[2], new int[2], new int[2]);
    try (LateRanker ranker = new LateRanker(SMALL, task.texts(), 1)) {
      double[] matches = ranker.matches(List.of(asked))[0];
      assertThat(matches[0]).isCloseTo(1, within(1e-5));
      assertThat(matches[1]).isBetween(0.1, 0.9);
    }
  }

  private static SimulatedPages.Policy policy(double explore, Order order) {
    return new SimulatedPages.Policy(new ClickModel.PositionBased(1), explore, 0.1, order);
  }

  private static List<Asked> all(SearchTask task) {
    Fold fold = task.fold(0);
    List<Asked> all = new ArrayList<>(fold.test());
    all.addAll(fold.others());
    return all;
  }

  @Test
  void pagesShowTheBestInOrderOrOneBlindOrderOrAnythingAndClicksFallOffByPosition() {
    SearchTask task = new SearchTask(collection(), Quality.NDCG, Integer.MAX_VALUE, 1);
    List<Asked> all = all(task);
    List<SimulatedPages.Result> best = SimulatedPages.draw(all, 3, policy(0, Order.BM25), 200, 1);
    assertThat(best)
        .hasSize(2_000)
        .isNotEqualTo(SimulatedPages.draw(all, 3, policy(0, Order.BM25), 200, 2));
    int[] clicks = new int[2];
    for (SimulatedPages.Result page : best) {
      assertThat(page.shown()).startsWith(0, 1);
      assertThat(page.looked()[1]).isEqualTo(0.5);
      clicks[0] += page.clicked()[0] ? 1 : 0;
      clicks[1] += page.clicked()[1] ? 1 : 0;
    }
    // BM25's first shares more words and is wrong, its second is right and looked at half as often.
    assertThat(clicks[0] / 2_000.0).isCloseTo(0.1, within(0.03));
    assertThat(clicks[1] / 2_000.0).isCloseTo(0.5 * (0.1 + 0.9 * 3 / 7), within(0.03));
    Set<List<Integer>> orders = new HashSet<>();
    for (SimulatedPages.Result page : SimulatedPages.draw(all, 3, policy(0, Order.BLIND), 20, 1)) {
      if (page.query() == 0) {
        orders.add(Arrays.stream(page.shown()).boxed().toList());
      }
    }
    for (SimulatedPages.Result page :
        SimulatedPages.draw(all, 3, policy(0, Order.REVERSED), 1, 1)) {
      assertThat(page.shown()).endsWith(1, 0).hasSize(10);
    }
    assertThat(orders).hasSize(1).doesNotContain(List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
    for (SimulatedPages.Result page : SimulatedPages.draw(all, 3, policy(1, Order.BM25), 20, 1)) {
      if (page.query() == 0) {
        orders.add(Arrays.stream(page.shown()).boxed().toList());
      }
    }
    assertThat(orders).hasSizeGreaterThan(15);
  }

  @Test
  void aCounterKnowsHowOftenEachPairWasLookedAt() {
    Asked asked = new Asked("", "", new int[3], new double[3], new int[3], new int[3]);
    int[] shown = {2, 0};
    double[] looked = {1, 0.5};
    List<SimulatedPages.Result> pages =
        List.of(
            new SimulatedPages.Result(0, shown, looked, new boolean[] {true, false}),
            new SimulatedPages.Result(0, shown, looked, new boolean[] {true, true}));
    // Three clicks in three looks: pairs start at a rate of 1.
    assertThat(ReturningPart.counted(List.of(asked), pages)[0])
        .containsExactly(new double[] {(1 + 2) / 3.0, 1, (2 + 2) / 4.0}, within(1e-12));
  }

  @Test
  void clicksTeachWordsAndWhichDocumentIsRightForAQueryThatComesBack() {
    SearchTask task = new SearchTask(collection(), Quality.NDCG, Integer.MAX_VALUE, 1);
    List<Asked> all = all(task);
    var plan =
        new LateRanker.Plan(
            16,
            true,
            "{width: 32, vector: 32, generation: 1}",
            "{rows: {kind: adagrad, rate: 0.5}}");
    try (LateRanker ranker = new LateRanker(plan, task.texts(), 1)) {
      double[][] before = ranker.matches(all);
      assertThat(quality(all, ranker.logits(all))).isLessThan(0.8);
      ranker.learn(all, SimulatedPages.draw(all, 3, policy(0.5, Order.BM25), 150, 1));
      assertThat(ranker.matches(all)[0]).isNotEqualTo(before[0]);
      assertThat(quality(all, ranker.logits(all))).isGreaterThan(0.9);
    }
  }

  @Test
  void whatALearnerTakesForLookedAtIsWhatUsersLookedAtAlsoInACascade() {
    SearchTask task = new SearchTask(collection(), Quality.NDCG, Integer.MAX_VALUE, 1);
    var byPosition = PropensityPart.run(task, new ClickModel.PositionBased(1), 0.3, 1);
    assertThat(byPosition.known()).isEqualTo(SimulatedPages.SIZE);
    assertThat(byPosition.truth()[9]).isCloseTo(0.1, within(1e-9));
    assertThat(byPosition.error(byPosition.estimate())).isLessThan(0.05);
    var cascade = PropensityPart.run(task, new ClickModel.Cascade(0.5, 0.9), 0.3, 1);
    assertThat(cascade.known()).isEqualTo(SimulatedPages.SIZE);
    assertThat(cascade.error(cascade.estimate())).isLessThan(0.08);
  }

  private static double quality(List<Asked> asked, double[][] scores) {
    double sum = 0;
    for (int q = 0; q < scores.length; q++) {
      sum += Quality.NDCG.of(asked.get(q), scores[q]);
    }
    return sum / scores.length;
  }

  @Test
  void anIntervalHoldsTheMeanAndNarrowsWithTheSample() {
    Random random = new Random(2);
    double[] few = random.doubles(50, -1, 1.2).toArray();
    double[] many = random.doubles(5_000, -1, 1.2).toArray();
    Bootstrap wide = Bootstrap.of(few);
    Bootstrap narrow = Bootstrap.of(many);
    assertThat(wide.mean()).isBetween(wide.low(), wide.high());
    assertThat(narrow.low()).isPositive();
    double normal = 1.96 * Page.deviation(many) / Math.sqrt(many.length);
    assertThat((narrow.high() - narrow.low()) / 2).isCloseTo(normal, within(0.1 * normal));
    assertThat(narrow.marked()).startsWith("**+0.");
  }

  @Test
  void scoresOfDifferentRankersAreAddedOnOneScale() {
    double[] sum = RankedList.sum(new double[] {10, 20}, 2, new double[] {0.2, 0.1});
    assertThat(sum).containsExactly(new double[] {1, -1}, within(1e-9));
    assertThat(RankedList.standardised(new double[] {3, 3})).containsExactly(0, 0);
  }
}
