package io.freshet.bench;

import io.freshet.learning.Example;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.Ids;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Encoded examples of a shop with 100,000 items in 1,000 categories and one history of clicks. */
final class ShopExamples {

  private static final int ITEMS = 100_000;
  private static final int CATEGORIES = 1_000;
  private static final int LONGEST = 50;

  /** Of ln(length): a mean of 17 positions once cut at 50. */
  private static final double LOG_MEAN = 2.6;

  private static final double LOG_DEVIATION = 0.8;

  private final Random random;
  private long time = 1_700_000_000_000L;

  ShopExamples(long seed) {
    random = new Random(seed);
  }

  List<List<Example>> batches(int count, int size) {
    List<List<Example>> batches = new ArrayList<>();
    for (int b = 0; b < count; b++) {
      List<Example> batch = new ArrayList<>();
      for (int e = 0; e < size; e++) {
        batch.add(example());
      }
      batches.add(batch);
    }
    return batches;
  }

  private Example example() {
    int candidate = item();
    int length =
        (int) Math.min(LONGEST, Math.exp(LOG_MEAN + LOG_DEVIATION * random.nextGaussian()));
    long[] items = new long[length];
    long[] categories = new long[length];
    for (int j = 0; j < length; j++) {
      int item = item();
      items[j] = Ids.of("item" + item);
      categories[j] = Ids.of("category" + item % CATEGORIES);
    }
    time += 10;
    EncodedExample features =
        new EncodedExample(
            new long[] {Ids.of("item" + candidate), Ids.of("category" + candidate % CATEGORIES)},
            new long[0][],
            new long[0],
            new long[0],
            new float[0],
            new long[0],
            new long[][][] {{items, categories}},
            time);
    boolean clicked = random.nextInt(candidate % 7 == 0 ? 3 : 12) == 0;
    return new Example(
        random.nextLong(),
        features,
        new float[0],
        0,
        clicked ? 1 : 0,
        1,
        clicked ? Example.Kind.POSITIVE : Example.Kind.NEGATIVE,
        time + 60_000);
  }

  /** Small numbers are commoner: the commonest tenth of the items has a third of the draws. */
  private int item() {
    double u = random.nextDouble();
    return (int) (ITEMS * u * u);
  }
}
