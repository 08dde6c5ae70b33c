package io.freshet.source.simulator;

/**
 * The truth: the probability of a click on an item shown to a user at a position. It is that the
 * position is looked at times that the item appeals (the position-based model, Craswell et al.
 * 2008); the appeal is logistic in the best fitting interest, the item's quality, its wave, the
 * price against the user's thrift and the user's eagerness.
 */
final class ClickModel {

  /** Items on a page. */
  static final int POSITIONS = 10;

  private static final double BASE = -3.2;
  private static final double INTEREST = 3.0;
  private static final double QUALITY = 0.4;
  private static final double WAVE = 0.5;
  private static final double PRICE = 0.6;
  private static final double EAGERNESS = 0.3;

  private final Catalogue catalogue;
  private final double[][] looked = new double[3][POSITIONS + 1];

  ClickModel(Catalogue catalogue) {
    this.catalogue = catalogue;
    double[] patience = {0.8, 0.6, 0.7};
    for (int device = 0; device < looked.length; device++) {
      for (int position = 1; position <= POSITIONS; position++) {
        looked[device][position] = StrictMath.pow(position, -patience[device]);
      }
    }
  }

  double probability(Shopper shopper, int item, int position, long block) {
    double match = shopper.match(catalogue.theme(item), catalogue.style(item));
    double logit =
        BASE
            + INTEREST * match
            + QUALITY * catalogue.quality(item)
            + WAVE * catalogue.wave(item, block)
            - PRICE
                * shopper.thrift()
                * (catalogue.dearness(item) - (catalogue.onSale(item, block) ? 0.22 : 0))
            + EAGERNESS * shopper.eagerness();
    return looked[shopper.device()][position] / (1 + StrictMath.exp(-logit));
  }
}
