package io.freshet.scoring.feature;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One instance as numbers, in the order of its model's {@link FeatureLayout}. Written once by
 * {@link FeatureEncoder}, never changed afterwards.
 *
 * @param ids [id slots], {@link Ids#MISSING} where the value is missing
 * @param bags [bag slots][ids of the bag], empty where the value is missing
 * @param crosses [cross slots], {@link Ids#MISSING} where a part is missing
 * @param biases [bias slots]; position 0 (not shown yet) encodes as position 1, the one fixed for
 *     scoring
 * @param numbers [number slots] after the optional logarithm, before standardisation; NaN where
 *     missing
 * @param counterIds [counter slots], {@link Ids#MISSING} where missing
 * @param histories [histories][fields][positions], oldest position first, cut to the declared
 *     length
 * @param eventTime milliseconds since 1970 UTC
 * @param tokens [token slots] the tokens of a text in its order, as {@link Tokens} writes them;
 *     empty where the text is missing
 */
public record EncodedExample(
    long[] ids,
    long[][] bags,
    long[] crosses,
    long[] biases,
    float[] numbers,
    long[] counterIds,
    long[][][] histories,
    long eventTime,
    long[][] tokens) {

  private static final long[][] NO_TOKENS = {};

  /** An example of a model without token features. */
  public EncodedExample(
      long[] ids,
      long[][] bags,
      long[] crosses,
      long[] biases,
      float[] numbers,
      long[] counterIds,
      long[][][] histories,
      long eventTime) {
    this(ids, bags, crosses, biases, numbers, counterIds, histories, eventTime, NO_TOKENS);
  }

  /** The number of positions of history {@code h}. */
  public int historyLength(int h) {
    return histories[h].length == 0 ? 0 : histories[h][0].length;
  }

  /** Whether all ids and numbers are the same, bit for bit; missing numbers are equal. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof EncodedExample that
        && eventTime == that.eventTime
        && Arrays.equals(ids, that.ids)
        && Arrays.deepEquals(bags, that.bags)
        && Arrays.equals(crosses, that.crosses)
        && Arrays.equals(biases, that.biases)
        && Arrays.equals(numbers, that.numbers)
        && Arrays.equals(counterIds, that.counterIds)
        && Arrays.deepEquals(histories, that.histories)
        && Arrays.deepEquals(tokens, that.tokens);
  }

  @Override
  public int hashCode() {
    int hash = Long.hashCode(eventTime);
    hash = 31 * hash + Arrays.hashCode(ids);
    hash = 31 * hash + Arrays.deepHashCode(bags);
    hash = 31 * hash + Arrays.hashCode(numbers);
    hash = 31 * hash + Arrays.deepHashCode(tokens);
    return 31 * hash + Arrays.deepHashCode(histories);
  }

  @Override
  public String toString() {
    return ("EncodedExample[ids=%s, bags=%s, crosses=%s, biases=%s, numbers=%s, counterIds=%s,"
            + " histories=%s, eventTime=%d, tokens=%s]")
        .formatted(
            Arrays.toString(ids),
            Arrays.deepToString(bags),
            Arrays.toString(crosses),
            Arrays.toString(biases),
            Arrays.toString(numbers),
            Arrays.toString(counterIds),
            Arrays.deepToString(histories),
            eventTime,
            Arrays.deepToString(tokens));
  }
}
