package io.freshet.learning;

import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureLayout;
import io.freshet.scoring.feature.Ids;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Encoded examples for any layout: few ids that come again and again, some of them missing,
 * histories of 0 to the declared length, labels that depend on the first id.
 */
public final class GeneratedExamples {

  public static final long START = 1_700_000_000_000L;
  public static final long GAP_MS = 700;

  private static final int IDS = 30;

  private final FeatureLayout layout;
  private final Random random;
  private int made;

  public GeneratedExamples(FeatureLayout layout, long seed) {
    this.layout = layout;
    this.random = new Random(seed);
  }

  /** The next example's features. */
  public EncodedExample next() {
    long[] ids = layout.ids().stream().mapToLong(slot -> id(slot.name())).toArray();
    long[][] bags = new long[layout.bags().size()][];
    for (int b = 0; b < bags.length; b++) {
      bags[b] = several(layout.bags().get(b).name(), random.nextInt(4));
    }
    float[] numbers = new float[layout.numbers().size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = random.nextInt(10) == 0 ? Float.NaN : 3 + 2 * (float) random.nextGaussian();
    }
    long[][][] histories = new long[layout.histories().size()][][];
    for (int h = 0; h < histories.length; h++) {
      var slot = layout.histories().get(h);
      int length = random.nextInt(4) == 0 ? 0 : random.nextInt(slot.length() + 1);
      histories[h] = new long[slot.fields().size()][];
      for (int f = 0; f < histories[h].length; f++) {
        histories[h][f] = several(slot.fields().get(f).name(), length);
      }
    }
    return new EncodedExample(
        ids,
        bags,
        layout.crosses().stream().mapToLong(slot -> id(slot.name())).toArray(),
        layout.biases().stream().mapToLong(slot -> id(slot.name())).toArray(),
        numbers,
        layout.counters().stream().mapToLong(slot -> id(slot.name())).toArray(),
        histories,
        START + made++ * GAP_MS,
        tokens(ids));
  }

  /**
   * Texts of few words, each with an n-gram or two; some are empty. Queries begin with the same
   * word, items' texts with their first id.
   */
  private long[][] tokens(long[] ids) {
    long[][] tokens = new long[layout.tokens().size()][];
    for (int t = 0; t < tokens.length; t++) {
      int words = random.nextInt(5);
      long[] text = new long[4 * words];
      for (int w = 0; w < words; w++) {
        int number = (int) (IDS * random.nextDouble() * random.nextDouble());
        long first = layout.tokens().get(t).ofQuery() ? Ids.of("find") : ids[0];
        text[4 * w] = w == 0 ? first : Ids.of("word" + number);
        text[4 * w + 1] = Ids.of("#" + number % 5);
        text[4 * w + 2] = Ids.of("#" + number % 7);
      }
      tokens[t] = text;
    }
    return tokens;
  }

  /** A batch as a learner of this layout would meet it: predicted first, ready a minute later. */
  public List<Example> batch(Learner learner, int size) {
    List<Example> batch = new ArrayList<>();
    for (int e = 0; e < size; e++) {
      EncodedExample features = next();
      Prediction prediction = learner.predict(features);
      float label = label(features);
      batch.add(
          new Example(
              random.nextLong(),
              features,
              prediction.counters(),
              prediction.logit(),
              label,
              1,
              label > 0 ? Example.Kind.POSITIVE : Example.Kind.NEGATIVE,
              features.eventTime() + 60_000,
              e < size / 4 ? 0 : 1 + e / 4,
              1 + e % 4,
              Float.NaN));
    }
    return batch;
  }

  private float label(EncodedExample features) {
    boolean liked = Math.floorMod(features.ids()[0] * 31, 3) == 0;
    return random.nextDouble() < (liked ? 0.6 : 0.15) ? 1 : 0;
  }

  private long[] several(String name, int count) {
    long[] ids = new long[count];
    for (int i = 0; i < count; i++) {
      ids[i] = id(name);
    }
    return ids;
  }

  /** Small numbers are commoner. */
  private long id(String name) {
    int number = (int) (IDS * random.nextDouble() * random.nextDouble());
    return number == 7 ? Ids.MISSING : Ids.of(name + number);
  }
}
