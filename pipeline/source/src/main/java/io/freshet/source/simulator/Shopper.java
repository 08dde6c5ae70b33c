package io.freshet.source.simulator;

/**
 * One user as they are during one block: a closed-form function of (seed, user, time). Each has two
 * to four interests, a theme in a style; each interest lives for 10 to 25 days, then another takes
 * its place, and its strength swings over days in between. One interest is on the user's mind in a
 * block.
 */
final class Shopper {

  private static final String[] DEVICES = {"phone", "desktop", "tablet"};

  private final int interests;
  private final int[] themes = new int[4];
  private final int[] styles = new int[4];
  private final double[] strengths = new double[4];
  private final int active;
  private final double eagerness;
  private final double thrift;
  private final int device;

  /** Draws what the users of one shop are like. */
  static final class Population {
    private final Draw users;
    private final Draw interests;
    private final Draw sessions;
    private final int size;
    private final double blocksPerDay;

    Population(long seed, int size, double blocksPerDay) {
      this.users = new Draw(seed, Draw.Purpose.USER);
      this.interests = new Draw(seed, Draw.Purpose.INTEREST);
      this.sessions = new Draw(seed, Draw.Purpose.SESSION);
      this.size = size;
      this.blocksPerDay = blocksPerDay;
    }

    /** Some users come far more often than others: density proportional to rank^-0.5. */
    int any(Draw.Sequence draws) {
      return (int) (size * StrictMath.pow(draws.unit(), 1 / 0.5));
    }

    Shopper at(int user, long block) {
      return new Shopper(this, user, block);
    }
  }

  private Shopper(Population population, int user, long block) {
    Draw users = population.users;
    double day = block / population.blocksPerDay;
    this.interests = 2 + users.below(3, user, 0);
    double total = 0;
    for (int k = 0; k < interests; k++) {
      double life = 10 + 15 * users.unit(user, 10 + k);
      long generation = (long) StrictMath.floor(day / life + users.unit(user, 20 + k));
      long which = generation * 4 + k;
      themes[k] = population.interests.below(Catalogue.THEMES, user, 2 * which);
      styles[k] = population.interests.below(Catalogue.STYLES, user, 2 * which + 1);
      double swing =
          StrictMath.sin(
              2
                  * Math.PI
                  * (day / (1.5 + 3 * users.unit(user, 30 + k)) + users.unit(user, 40 + k)));
      strengths[k] = 0.93 + 0.07 * swing;
      total += strengths[k];
    }
    double pick = population.sessions.unit(user, block) * total;
    int chosen = 0;
    while (chosen < interests - 1 && pick >= strengths[chosen]) {
      pick -= strengths[chosen];
      chosen++;
    }
    this.active = chosen;
    this.eagerness = users.normal(user, 1);
    this.thrift = users.unit(user, 2);
    double kind = users.unit(user, 3);
    double now = population.sessions.unit(user, block + (1L << 40));
    int usual = kind < 0.6 ? 0 : kind < 0.9 ? 1 : 2;
    this.device = now < 0.8 ? usual : (usual + 1) % 3;
  }

  int interests() {
    return interests;
  }

  int active() {
    return active;
  }

  int theme(int interest) {
    return themes[interest];
  }

  int style(int interest) {
    return styles[interest];
  }

  /** General readiness to click, with mean 0 and deviation 1. */
  double eagerness() {
    return eagerness;
  }

  /** How much a dear item puts the user off, 0 to 1. */
  double thrift() {
    return thrift;
  }

  int device() {
    return device;
  }

  static String name(int user) {
    return "u" + user;
  }

  static String deviceName(int device) {
    return DEVICES[device];
  }

  /**
   * How well an item meets the best fitting interest, 0 to 1: all of it for the theme in the right
   * style, a part for the theme in another style; what is on the user's mind counts a little more.
   */
  double match(int theme, int style) {
    double best = 0;
    for (int k = 0; k < interests; k++) {
      if (themes[k] == theme) {
        double fit = styles[k] == style ? 1 : 0.35;
        best = Math.max(best, fit * strengths[k] * (k == active ? 1 : 0.92));
      }
    }
    return best;
  }
}
