package io.freshet.learning.engine;

/**
 * A batch without padding. Rows are gathered once per table and id; everything else refers to them
 * by <em>entry</em>, their index in the table's gathered rows. Tables are numbered in the order id
 * slots, bag slots, cross slots, bias slots.
 *
 * @param size examples B
 * @param labels [B], 1 or 0
 * @param weights [B]
 * @param dense [B][dense], standardised and clipped
 * @param rows [tables][entries × width]
 * @param ids [id slots][B] entries
 * @param bagOffsets [bag slots][B + 1], where an example's part of {@code bags} starts
 * @param bags [bag slots][ids of all examples] entries
 * @param crosses [cross slots][B] entries
 * @param biases [bias slots][B] entries
 * @param historyOffsets [histories][B + 1], where an example's positions start
 * @param histories [histories][fields][positions of all examples] entries
 */
public record PackedBatch(
    int size,
    float[] labels,
    float[] weights,
    float[] dense,
    float[][] rows,
    int[][] ids,
    int[][] bagOffsets,
    int[][] bags,
    int[][] crosses,
    int[][] biases,
    int[][] historyOffsets,
    int[][][] histories) {

  /** Positions of history {@code h} over all examples. */
  public int positions(int h) {
    return historyOffsets[h][size];
  }
}
