package io.freshet.learning.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureLayout;
import io.freshet.scoring.feature.FeatureLayout.IdSlot;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import vowpalWabbit.learner.VWLearners;
import vowpalWabbit.learner.VWScalarLearner;

/**
 * The logistic regression that models are judged by, beside Vowpal Wabbit's FTRL-proximal on the
 * same stream: another implementation, in single precision, with inputs named and hashed its way.
 */
class VowpalWabbitTest {

  private static final int ROWS = 20_000;
  private static final FtrlSettings FTRL = new FtrlSettings(0.1, 1, 0.01, 0.5, 0, 22);
  private static final String ARGUMENTS =
      "--quiet --ftrl --ftrl_alpha 0.1 --ftrl_beta 1 --l1 0.01 --l2 0.5"
          + " --loss_function logistic --link logistic -b 22";

  private static FeatureLayout layout() {
    return new FeatureLayout(
        List.of(new IdSlot("item", 8), new IdSlot("user", 8), new IdSlot("category", 4)),
        List.of(new IdSlot("tags", 4)),
        List.of(),
        List.of(new IdSlot("position", 1)),
        List.of(),
        List.of(),
        List.of());
  }

  @Test
  void vowpalWabbitPredictsTheSameOnTheSameStream() throws IOException {
    LogisticRegression ours = new LogisticRegression(ReferenceSettings.of(layout()).withFtrl(FTRL));
    double ourLoss = 0;
    double theirLoss = 0;
    double weights = 0;
    double positive = 0;
    double largest = 0;
    VWScalarLearner theirs = vowpalWabbit();
    try {
      for (GeneratedStream.Row row : GeneratedStream.rows(3, ROWS)) {
        EncodedExample example = withoutTheRest(row.example().encoded());
        ReferencePrediction prediction =
            ours.predict(new ReferenceExample(row.example().instance(), example, false));
        String line = line(example);
        double p = theirs.predict("| " + line);
        largest = Math.max(largest, Math.abs(p - prediction.probability()));
        ourLoss += row.weight() * loss(prediction.probability(), row.label());
        theirLoss += row.weight() * loss(p, row.label());
        weights += row.weight();
        positive += row.weight() * row.label();
        ours.train(prediction.frozen(), row.label(), row.weight(), example.eventTime());
        theirs.learn((row.label() > 0 ? "1 " : "-1 ") + row.weight() + " | " + line);
      }
    } finally {
      theirs.close();
    }
    double rate = positive / weights;
    double entropy = -rate * Math.log(rate) - (1 - rate) * Math.log(1 - rate);
    assertThat(ourLoss / weights).as("it learns").isLessThan(0.98 * entropy);
    assertThat(largest).as("of any prediction, in single precision").isLessThan(1e-3);
    assertThat(ourLoss / weights).isCloseTo(theirLoss / weights, within(1e-5));
  }

  private static VWScalarLearner vowpalWabbit() {
    try {
      return VWLearners.create(ARGUMENTS);
    } catch (LinkageError e) {
      return Assumptions.abort("Vowpal Wabbit's native library does not load here: " + e);
    }
  }

  private static double loss(double p, float label) {
    return -Math.log(label > 0 ? p : 1 - p);
  }

  private static EncodedExample withoutTheRest(EncodedExample e) {
    return new EncodedExample(
        e.ids(),
        e.bags(),
        new long[0],
        e.biases(),
        new float[0],
        new long[0],
        new long[0][][],
        e.eventTime());
  }

  /** Every input by a name; the constant is Vowpal Wabbit's own. */
  private static String line(EncodedExample e) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < e.ids().length; i++) {
      line.append("id").append(i).append('_').append(e.ids()[i]).append(' ');
    }
    line.append("position_").append(e.biases()[0]).append(' ');
    for (long tag : e.bags()[0]) {
      line.append("tag_").append(tag).append(':').append(1 / Math.sqrt(e.bags()[0].length));
      line.append(' ');
    }
    return line.toString();
  }
}
