package io.freshet.source.clicks;

/**
 * Turns a judge's grade into how likely an item is to attract a click once looked at: noise + (1 -
 * noise) (2^grade - 1) / (2^highest - 1), as usual in simulations of clicks from judgments
 * (Joachims, Swaminathan, Schnabel 2017; Ai et al. 2018).
 *
 * @param highest grade on the scale
 * @param noise probability that an irrelevant item attracts
 */
public record Grades(int highest, double noise) {

  public Grades {
    if (highest < 1 || highest > 30) {
      throw new IllegalArgumentException("a highest grade must be from 1 to 30, came " + highest);
    }
    if (!(noise >= 0 && noise < 1)) {
      throw new IllegalArgumentException("noise must be from 0 to below 1, came " + noise);
    }
  }

  /**
   * @param grade 0 = irrelevant, or not judged
   */
  public double attraction(int grade) {
    if (grade < 0 || grade > highest) {
      throw new IllegalArgumentException(
          "a grade must be from 0 to " + highest + ", came " + grade);
    }
    return noise + (1 - noise) * ((1L << grade) - 1) / ((1L << highest) - 1);
  }
}
