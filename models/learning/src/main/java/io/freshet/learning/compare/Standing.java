package io.freshet.learning.compare;

/**
 * How two models stand, as of the last closed block.
 *
 * @param mean difference of losses a − b over all rows, each counting once; below 0 the first model
 *     is the better
 * @param low the interval's lower end; −∞ while there is too little to say
 * @param high its upper end; +∞ while there is too little to say
 * @param rows that were compared
 * @param visits users, each counting once in every block
 * @param blocks of event time that had rows
 * @param until event time at which the last of them ends; milliseconds since 1970 UTC
 */
public record Standing(
    double mean, double low, double high, long rows, long visits, long blocks, long until) {

  /** Whether the first model is better by more than chance. */
  public boolean firstIsBetter() {
    return high < 0;
  }

  /** Whether the second model is better by more than chance. */
  public boolean secondIsBetter() {
    return low > 0;
  }
}
