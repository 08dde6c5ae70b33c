package io.freshet.learning.colbert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.Example;
import io.freshet.learning.GeneratedExamples;
import io.freshet.learning.Learner;
import io.freshet.learning.TestModel;
import io.freshet.learning.table.LearnerChanges;
import io.freshet.scoring.colbert.ColbertShape;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureLayout;
import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.RankingSettings;
import io.freshet.scoring.settings.RankingSettings.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a learner makes of a stream of pages whose users look less and less far down. */
class ExaminationTest {

  private static final int PAGE = 4;
  private static final int PAGES = 1_500;
  private static final double CLIP = 5;

  private final Random random = new Random(7);

  private static ModelSettings settings(Source from) {
    RankingSettings some = TestModel.of("colbert").ranking(RankingSettings.DEFAULT.projection(), 0);
    List<Double> positions = from == Source.POSITIONS ? List.of(1.0, 0.5) : List.of();
    return TestModel.of("colbert")
        .ranking(
            new RankingSettings(
                some.width(),
                some.vector(),
                some.context(),
                some.augment(),
                some.projection(),
                some.loss(),
                some.temperature(),
                some.negatives(),
                new RankingSettings.Examination(from, positions, CLIP, PAGE, 0.2, 1_000),
                some.teacher(),
                some.teacherWeight(),
                some.tokens(),
                some.generation(),
                some.documentShare(),
                some.pretrained()))
        .build();
  }

  /** Pages of one of five queries; a share of the documents changes places within the page. */
  private Learner learnt(ModelSettings settings, int pages, double moved) {
    Learner learner = new ColbertLearning().create(settings);
    learn(learner, pages, moved);
    return learner;
  }

  private void learn(Learner learner, int pages, double moved) {
    EncodedExample plain = new GeneratedExamples(FeatureLayout.of(learner.settings()), 1).next();
    for (int page = 0; page < pages; page++) {
      int query = random.nextInt(5);
      int[] order = {0, 1, 2, 3};
      if (random.nextDouble() < moved) {
        int k = random.nextInt(PAGE);
        int other = random.nextInt(PAGE);
        int document = order[k];
        order[k] = order[other];
        order[other] = document;
      }
      List<Example> examples = new ArrayList<>();
      for (int k = 0; k < PAGE; k++) {
        boolean clicked = random.nextDouble() < (0.9 - 0.2 * order[k]) / (k + 1);
        examples.add(example(plain, page, query, order[k], k + 1, clicked));
      }
      learner.train(examples);
      if (page % 4 == 3) {
        learner.endRound(plain.eventTime() + page);
      }
    }
  }

  private static Example example(
      EncodedExample plain, int page, int query, int document, int position, boolean clicked) {
    EncodedExample features =
        new EncodedExample(
            plain.ids(),
            plain.bags(),
            plain.crosses(),
            plain.biases(),
            plain.numbers(),
            plain.counterIds(),
            plain.histories(),
            plain.eventTime() + page,
            new long[][] {text("query" + query), text("document" + query + document)});
    return new Example(
        page * 10L + position,
        features,
        new float[0],
        0,
        clicked ? 1 : 0,
        1,
        clicked ? Example.Kind.POSITIVE : Example.Kind.NEGATIVE,
        features.eventTime() + 60_000,
        1 + page,
        position,
        0.01f);
  }

  private static long[] text(String word) {
    return new long[] {Ids.of(word), Ids.SHARED};
  }

  @Test
  void aLearnerFindsOutHowFarDownPeopleLook() {
    try (Learner learner = learnt(settings(Source.ESTIMATED), PAGES, 0.4)) {
      assertThat(learner.metrics()).containsEntry("examinationKnown", 4.0);
      assertThat(learner.metrics().get("examinationMovedPairs")).isEqualTo(20);
      for (int k = 1; k <= PAGE; k++) {
        assertThat(learner.metrics().get("examination." + k))
            .as("position %d", k)
            .isEqualTo(1.0 / k, within(0.05));
      }
    }
  }

  @Test
  void clicksWeighNothingMoreWhereDocumentsAreSeenAtOnePositionOnlyAndTheLearnerSaysSo() {
    ModelSettings settings = settings(Source.ESTIMATED);
    try (Learner learner = learnt(settings, PAGES, 0)) {
      assertThat(learner.metrics())
          .containsEntry("examinationKnown", 0.0)
          .containsEntry("examinationMovedPairs", 0.0);
      assertThat(learner.metrics().get("examinationUnweightedClicks")).isGreaterThan(1_000);
      assertThat(PositionBias.notice(learner.metrics()))
          .isEqualTo(
              "clicks weigh 1 whatever their position: an estimate of how likely a position is to be looked at"
                  + " must come from documents that one query shows at several positions, and none was");
    }
    random.setSeed(7);
    try (Learner naive = learnt(settings(Source.NONE), 40, 0)) {
      random.setSeed(7);
      try (Learner refused = learnt(settings, 40, 0)) {
        assertThat(refused.servingState().computeHash())
            .isEqualTo(naive.servingState().computeHash());
      }
    }
  }

  @Test
  void anEstimateFromTooFewClicksIsNotUsedAndTheLearnerSaysSo() {
    try (Learner learner = learnt(settings(Source.ESTIMATED), 40, 0.4)) {
      assertThat(learner.metrics()).containsEntry("examinationKnown", 0.0);
      assertThat(PositionBias.notice(learner.metrics())).contains("too few clicks");
    }
  }

  @Test
  void aLearnerWithAnEstimateHasNothingToSay() {
    try (Learner learner = learnt(settings(Source.ESTIMATED), PAGES, 0.4)) {
      assertThat(PositionBias.notice(learner.metrics())).isNull();
    }
    try (Learner learner = learnt(settings(Source.POSITIONS), 4, 0.4)) {
      assertThat(PositionBias.notice(learner.metrics())).isNull();
    }
  }

  @Test
  void aClickWeighsOneOverTheChanceOfHavingBeenLookedAtCutWhereTheSettingsSay() {
    Examination given = examination(Source.GIVEN);
    assertThat(given.clickWeight(shown(3))).as("of a propensity of 0.01").isEqualTo((float) CLIP);
    Examination listed = examination(Source.POSITIONS);
    assertThat(listed.clickWeight(shown(1))).isEqualTo(1);
    assertThat(listed.clickWeight(shown(4))).as("the last holds for all further ones").isEqualTo(2);
    assertThat(listed.clickWeight(shown(0))).as("no position").isEqualTo(1);
    assertThat(examination(Source.NONE).clickWeight(shown(3))).isEqualTo(1);
  }

  private static Examination examination(Source from) {
    ModelSettings settings = settings(from);
    return new Examination(
        settings.ranking().examination(),
        new LearnerChanges(new ColbertShape(settings).emptyState()));
  }

  private static Example shown(int position) {
    EncodedExample plain = new GeneratedExamples(FeatureLayout.of(settings(Source.NONE)), 1).next();
    return example(plain, 0, 0, 0, position, true);
  }

  @Test
  void aResumedLearnerEstimatesOnFromTheSameCounts() {
    ModelSettings settings = settings(Source.ESTIMATED);
    try (Learner learner = learnt(settings, PAGES / 2, 0.4);
        Learner resumed = new ColbertLearning().resume(settings, learner.snapshot())) {
      assertThat(resumed.metrics()).isEqualTo(learner.metrics());
      random.setSeed(8);
      learn(learner, PAGES / 2, 0.4);
      random.setSeed(8);
      learn(resumed, PAGES / 2, 0.4);
      assertThat(resumed.metrics()).isEqualTo(learner.metrics());
      assertThat(resumed.undrained().learnerHash()).isEqualTo(learner.undrained().learnerHash());
      assertThat(resumed.undrained().servingHash()).isEqualTo(learner.undrained().servingHash());
    }
  }
}
