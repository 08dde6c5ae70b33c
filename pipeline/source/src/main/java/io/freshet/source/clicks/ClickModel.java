package io.freshet.source.clicks;

/**
 * How a user who scans a ranked list clicks, given how likely each item is to attract a click once
 * it is looked at.
 */
public sealed interface ClickModel {

  /** As on the command line. */
  String name();

  /**
   * The truth: the probability of a click at each position before the page is seen.
   *
   * @param attractions by position, each in [0, 1]
   */
  default double[] probabilities(double[] attractions) {
    double[] probabilities = examinations(attractions);
    for (int i = 0; i < attractions.length; i++) {
      probabilities[i] *= attractions[i];
    }
    return probabilities;
  }

  /** The probability that each position is looked at, on a page like this. */
  double[] examinations(double[] attractions);

  /** One user's clicks by position. */
  boolean[] draw(double[] attractions, Chance chance);

  /**
   * The position-based model (Craswell et al. 2008): position k, counted from 1, is looked at with
   * probability k^-severity, whatever else is on the page.
   *
   * @param severity 0 = no bias; 1 = the usual one
   */
  record PositionBased(double severity) implements ClickModel {

    public PositionBased {
      if (!(severity >= 0 && severity <= 10)) {
        throw new IllegalArgumentException("severity must be from 0 to 10, came " + severity);
      }
    }

    @Override
    public String name() {
      return "position";
    }

    /**
     * The probability that a position is looked at.
     *
     * @param position counted from 1
     */
    public double examination(int position) {
      return StrictMath.pow(position, -severity);
    }

    @Override
    public double[] examinations(double[] attractions) {
      double[] looked = new double[attractions.length];
      for (int i = 0; i < looked.length; i++) {
        looked[i] = examination(i + 1);
      }
      return looked;
    }

    @Override
    public boolean[] draw(double[] attractions, Chance chance) {
      boolean[] clicks = new boolean[attractions.length];
      for (int i = 0; i < attractions.length; i++) {
        clicks[i] = chance.unit() < examination(i + 1) * attractions[i];
      }
      return clicks;
    }
  }

  /**
   * A cascade with several clicks (the dependent click model, Guo, Liu, Wang 2009, with patience):
   * the list is read from the top; what is looked at is clicked if it attracts; the user reads on
   * with one probability after a click and with another without.
   *
   * @param afterClick probability of reading on after a click
   * @param afterSkip probability of reading on after no click; 1 in Craswell's cascade
   */
  record Cascade(double afterClick, double afterSkip) implements ClickModel {

    public Cascade {
      if (!(afterClick >= 0 && afterClick <= 1 && afterSkip >= 0 && afterSkip <= 1)) {
        throw new IllegalArgumentException(
            "probabilities of reading on must be from 0 to 1, came "
                + afterClick
                + " and "
                + afterSkip);
      }
    }

    @Override
    public String name() {
      return "cascade";
    }

    @Override
    public double[] examinations(double[] attractions) {
      double[] looked = new double[attractions.length];
      double reads = 1;
      for (int i = 0; i < attractions.length; i++) {
        looked[i] = reads;
        reads *= attractions[i] * afterClick + (1 - attractions[i]) * afterSkip;
      }
      return looked;
    }

    @Override
    public boolean[] draw(double[] attractions, Chance chance) {
      boolean[] clicks = new boolean[attractions.length];
      boolean reads = true;
      for (int i = 0; i < attractions.length && reads; i++) {
        clicks[i] = chance.unit() < attractions[i];
        reads = chance.unit() < (clicks[i] ? afterClick : afterSkip);
      }
      return clicks;
    }
  }
}
