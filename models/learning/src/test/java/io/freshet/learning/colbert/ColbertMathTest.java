package io.freshet.learning.colbert;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.Example;
import io.freshet.learning.GeneratedExamples;
import io.freshet.learning.Learner;
import io.freshet.learning.TestModel;
import io.freshet.scoring.colbert.ColbertScorer;
import io.freshet.scoring.colbert.ColbertScoring;
import io.freshet.scoring.colbert.ColbertShape;
import io.freshet.scoring.ctr.TensorSpec;
import io.freshet.scoring.kernel.Kernels;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.RankingSettings;
import io.freshet.scoring.settings.RankingSettings.Bend;
import io.freshet.scoring.settings.RankingSettings.Loss;
import io.freshet.scoring.settings.RankingSettings.Negatives;
import io.freshet.scoring.settings.RankingSettings.Projection;
import io.freshet.scoring.settings.RankingSettings.Shape;
import io.freshet.scoring.state.ModelState;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients against differences of the loss, in random directions. */
class ColbertMathTest {

  private static final float STEP = 5e-4f;

  static Stream<RankingSettings> variants() {
    List<RankingSettings> variants = new ArrayList<>();
    for (Shape shape : Shape.values()) {
      for (Bend bend : Bend.values()) {
        for (boolean residual : new boolean[] {true, false}) {
          if (shape != Shape.LINEAR || bend == Bend.IDENTITY && residual) {
            variants.add(ranking(new Projection(shape, bend, 2, residual), 0, Loss.SOFTMAX, 0));
          }
        }
      }
    }
    Projection linear = new Projection(Shape.LINEAR, Bend.IDENTITY, 1, false);
    for (Loss loss : Loss.values()) {
      variants.add(ranking(linear, 0, loss, 0));
      variants.add(ranking(linear, 5, loss, 3));
    }
    return variants.stream();
  }

  private static RankingSettings ranking(
      Projection projection, int context, Loss loss, int negatives) {
    return new RankingSettings(
        8,
        6,
        context,
        7,
        projection,
        loss,
        0.5,
        new Negatives(negatives, 0.5),
        RankingSettings.DEFAULT.examination(),
        "price",
        0.5,
        RankingSettings.DEFAULT.tokens(),
        1,
        1,
        RankingSettings.Pretrained.NONE);
  }

  @ParameterizedTest
  @MethodSource("variants")
  void gradientOfEveryTensorAndOfWordsIsThatOfTheLoss(RankingSettings ranking) {
    ModelSettings settings = TestModel.of("colbert").ranking(ranking).build();
    ColbertShape shape = new ColbertShape(settings);
    Random random = new Random(3);
    try (Learner learner = new ColbertLearning().create(settings)) {
      GeneratedExamples examples = new GeneratedExamples(shape.layout(), 5);
      for (int i = 0; i < 6; i++) {
        learner.train(examples.batch(learner, 16));
        learner.endRound(GeneratedExamples.START + i);
      }
      ModelState state = learner.servingState();
      for (TensorSpec spec : shape.side()) {
        float[] data = state.tensor(spec.name()).data();
        for (int i = 0; i < data.length; i++) {
          data[i] += 0.2f * (float) random.nextGaussian();
        }
        float[] kept = state.tensor(ColbertShape.DOCUMENTS + spec.name()).data();
        System.arraycopy(data, 0, kept, 0, data.length);
      }
      state.tensor(ColbertShape.GENERATION).data()[4]++;
      List<Example> batch = new ArrayList<>();
      for (Example example : examples.batch(learner, 24)) {
        if (example.group() != 0) {
          batch.add(example);
        }
      }
      Check check = new Check(shape, state, batch);
      for (TensorSpec spec : shape.side()) {
        check.tensor(spec.name(), random);
      }
      check.words(random);
    }
  }

  private static final class Check {

    private final ColbertShape shape;
    private final ModelState state;
    private final ColbertMath math;
    private final RankedBatch batch;
    private final IdNumbers entries = new IdNumbers();
    private final ColbertStep step;
    private final boolean pointwise;

    Check(ColbertShape shape, ModelState state, List<Example> examples) {
      this.shape = shape;
      this.state = state;
      ColbertScorer scorer = new ColbertScoring().scorer(shape.settings(), state);
      this.math = new ColbertMath(shape, state, scorer, Kernels.best());
      this.batch =
          RankedBatch.of(
              shape, examples, example -> 1f + example.position() % 3, id -> 0.01 + (id & 7) * 0.1);
      this.step = math.step(batch, entries, 9);
      this.pointwise = shape.ranking().loss() == Loss.POINTWISE;
    }

    /** A pointwise loss is weighted by clicks for the gradient alone: not a loss to difference. */
    private double loss() {
      state.tensor(ColbertShape.GENERATION).data()[4]++;
      ColbertStep now = math.step(batch, entries, 9);
      double loss = now.rankingLoss();
      for (int e = 0; pointwise && e < batch.size(); e++) {
        double logit = now.logits()[e];
        double label = batch.examples().get(e).label();
        loss +=
            batch.clickWeights()[e] * (Math.log1p(Math.exp(logit)) - label * logit) / batch.size();
      }
      return loss;
    }

    void tensor(String name, Random random) {
      float[] live = state.tensor(name).data();
      float[] kept = state.tensor(ColbertShape.DOCUMENTS + name).data();
      float[] before = live.clone();
      float[] direction = new float[live.length];
      float[] gradient = Objects.requireNonNull(step.tensors().get(name));
      double expected = 0;
      for (int i = 0; i < direction.length; i++) {
        direction[i] = (float) random.nextGaussian();
        expected += (double) direction[i] * gradient[i];
      }
      double[] losses = new double[2];
      for (int side = 0; side < 2; side++) {
        for (int i = 0; i < live.length; i++) {
          live[i] = before[i] + (side == 0 ? STEP : -STEP) * direction[i];
          kept[i] = live[i];
        }
        losses[side] = loss();
      }
      System.arraycopy(before, 0, live, 0, live.length);
      System.arraycopy(before, 0, kept, 0, live.length);
      compare(name, expected, losses);
    }

    void words(Random random) {
      int width = shape.ranking().width();
      double expected = 0;
      List<Runnable> back = new ArrayList<>();
      List<float[]> directions = new ArrayList<>();
      List<Long> ids = new ArrayList<>(entries.wordIds());
      for (long id : ids) {
        float[] direction = new float[width];
        for (int i = 0; i < width; i++) {
          direction[i] = (float) random.nextGaussian();
          expected += (double) direction[i] * step.words()[entries.word(id) * width + i];
        }
        directions.add(direction);
        for (String table :
            List.of(ColbertShape.WORDS, ColbertShape.DOCUMENTS + ColbertShape.WORDS)) {
          var rows = state.table(table);
          int row = rows.findOrInsert(id);
          float[] before = new float[width];
          System.arraycopy(rows.values(row), rows.valueOffset(row), before, 0, width);
          back.add(
              () -> System.arraycopy(before, 0, rows.values(row), rows.valueOffset(row), width));
        }
      }
      double[] losses = new double[2];
      for (int side = 0; side < 2; side++) {
        back.forEach(Runnable::run);
        for (int w = 0; w < directions.size(); w++) {
          for (String table :
              List.of(ColbertShape.WORDS, ColbertShape.DOCUMENTS + ColbertShape.WORDS)) {
            var rows = state.table(table);
            int row = rows.find(ids.get(w));
            for (int i = 0; i < width; i++) {
              rows.values(row)[rows.valueOffset(row) + i] +=
                  (side == 0 ? STEP : -STEP) * directions.get(w)[i];
            }
          }
        }
        losses[side] = loss();
      }
      back.forEach(Runnable::run);
      compare("words", expected, losses);
    }

    /** Where the best match changes within a step, the slopes to both sides differ. */
    private void compare(String what, double gradient, double[] losses) {
      double now = loss();
      double ahead = (losses[0] - now) / STEP;
      double behind = (now - losses[1]) / STEP;
      double tolerance = 3e-3 + 0.02 * Math.abs(gradient);
      assertThat(gradient)
          .as(what)
          .isBetween(Math.min(ahead, behind) - tolerance, Math.max(ahead, behind) + tolerance);
    }
  }

  /** Numbers ids as they come. */
  private static final class IdNumbers implements Entries {

    private static final int MOST = 1000;
    private final List<Long> words = new ArrayList<>();
    private final List<Long> others = new ArrayList<>();

    List<Long> wordIds() {
      return words;
    }

    private static int number(List<Long> ids, long id) {
      int known = ids.indexOf(id);
      if (known < 0) {
        ids.add(id);
        return ids.size() - 1;
      }
      return known;
    }

    @Override
    public int words() {
      return MOST;
    }

    @Override
    public int word(long id) {
      return number(words, id);
    }

    @Override
    public int weights() {
      return MOST;
    }

    @Override
    public int weight(long id) {
      return number(others, id);
    }

    @Override
    public int additions(int table) {
      return MOST;
    }

    @Override
    public int addition(int table, long id) {
      return number(others, id);
    }
  }
}
