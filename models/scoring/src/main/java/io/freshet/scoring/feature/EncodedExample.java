package io.freshet.scoring.feature;

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
 */
public record EncodedExample(
    long[] ids,
    long[][] bags,
    long[] crosses,
    long[] biases,
    float[] numbers,
    long[] counterIds,
    long[][][] histories,
    long eventTime) {

  /** The number of positions of history {@code h}. */
  public int historyLength(int h) {
    return histories[h].length == 0 ? 0 : histories[h][0].length;
  }
}
