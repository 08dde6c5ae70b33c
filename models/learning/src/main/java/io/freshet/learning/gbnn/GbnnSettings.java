package io.freshet.learning.gbnn;

/**
 * How a boosted network is trained. The defaults are the authors' (code GAA-UAM/GBNN), but for the
 * shrinkage, whose default of 1 there is not what they report with.
 *
 * @param units of the finished network; blocks are {@code units / blockUnits}
 * @param blockUnits J, units trained at a time
 * @param shrinkage η, factor of every Newton step
 * @param subsample share of the rows that a block is fitted to, drawn without replacement
 * @param iterations of L-BFGS per block, at most
 * @param l2 penalty on a block's weights
 */
public record GbnnSettings(
    int units,
    int blockUnits,
    double shrinkage,
    double subsample,
    int iterations,
    double l2,
    long seed) {

  public GbnnSettings {
    if (blockUnits < 1 || units < blockUnits) {
      throw new IllegalArgumentException(
          "blocks must have at least one unit and no more than the network, got %d of %d"
              .formatted(blockUnits, units));
    }
    if (!(shrinkage > 0 && shrinkage <= 1) || !(subsample > 0 && subsample <= 1)) {
      throw new IllegalArgumentException(
          "shrinkage and subsample must be above 0 and at most 1, got %s and %s"
              .formatted(shrinkage, subsample));
    }
    if (iterations < 1 || !(l2 >= 0 && l2 < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "iterations must be at least 1 and l2 finite and at least 0, got %d and %s"
              .formatted(iterations, l2));
    }
  }

  /** The authors' settings with these two. */
  public static GbnnSettings of(int blockUnits, double shrinkage, long seed) {
    return new GbnnSettings(200, blockUnits, shrinkage, 0.5, 200, 1e-4, seed);
  }
}
