package io.freshet.source.simulator;

import io.freshet.schema.event.ItemEvent;
import java.util.Map;

/**
 * The shop's items as closed-form functions of (seed, item, block). Every block of event time
 * brings one cohort of {@value #COHORT} new items; the lifetimes within a cohort are always the
 * same, the quantiles of an exponential distribution, so every block also removes exactly {@value
 * #COHORT} items and the catalogue keeps its size.
 *
 * <p>An item is a number: {@code (cohort + oldest) * COHORT + rank}; its rank fixes its lifetime,
 * everything else is drawn.
 */
final class Catalogue {

  /** Items that come, and go, per block. */
  static final int COHORT = 40;

  static final int THEMES = 10;
  static final int STYLES = 4;
  static final int CATEGORIES = 30;
  static final int BRANDS = 24;

  private static final String[] NOUNS = {
    "kettle",
    "lamp",
    "tent",
    "boots",
    "novel",
    "guitar",
    "camera",
    "rug",
    "drill",
    "puzzle",
    "scarf",
    "saucepan",
    "backpack",
    "keyboard",
    "planter",
    "bicycle",
    "candle",
    "poster",
    "racket",
    "blender",
    "jacket",
    "mirror",
    "stove",
    "headset",
    "teapot",
    "hammock",
    "sketchbook",
    "skates",
    "vase",
    "toolbox"
  };
  private static final String[] SYLLABLES = {
    "al", "bor", "cen", "dra", "el", "fin", "gar", "hol", "ist", "jun", "kor", "lum", "mar", "nor",
    "os", "pel", "quin", "ros", "sol", "tur"
  };
  private static final String[] LOOKS = {
    "red", "blue", "green", "black", "white", "small", "large", "light", "folding", "classic"
  };

  private final Draw items;
  private final Draw categories;
  private final int[] lifetimes = new int[COHORT];
  private final int oldest;
  private final int initialSize;
  private final double blocksPerDay;
  private final int[] themeOfCategory = new int[CATEGORIES];
  private final int[] styleOfBrand = new int[BRANDS];
  private final double[] priceLevelOfCategory = new double[CATEGORIES];

  Catalogue(long seed, int size, double blocksPerDay) {
    this.items = new Draw(seed, Draw.Purpose.ITEM);
    this.categories = new Draw(seed, Draw.Purpose.CATEGORY);
    Draw brands = new Draw(seed, Draw.Purpose.BRAND);
    this.blocksPerDay = blocksPerDay;
    double mean = (double) size / COHORT;
    int longest = 0;
    int sum = 0;
    for (int rank = 0; rank < COHORT; rank++) {
      double quantile = (rank + 0.5) / COHORT;
      lifetimes[rank] = Math.max(3, (int) StrictMath.round(-mean * StrictMath.log(1 - quantile)));
      longest = Math.max(longest, lifetimes[rank]);
      sum += lifetimes[rank];
    }
    this.oldest = longest;
    this.initialSize = sum;
    for (int category = 0; category < CATEGORIES; category++) {
      // Every theme has equally many categories; which ones is drawn by a random rotation within
      // each round.
      int round = category / THEMES;
      themeOfCategory[category] = (category + categories.below(THEMES, round, 0)) % THEMES;
      priceLevelOfCategory[category] = 3 + 0.6 * categories.normal(category, 1);
    }
    for (int brand = 0; brand < BRANDS; brand++) {
      styleOfBrand[brand] = (brand + brands.below(STYLES, brand / STYLES, 0)) % STYLES;
    }
  }

  /** How many items are announced before the first impression. */
  int initialSize() {
    return initialSize;
  }

  /**
   * The {@code n}th item announced before the first impression, 0 <= n < {@link #initialSize()}.
   */
  int initial(int n) {
    int rest = n;
    for (int rank = 0; rank < COHORT; rank++) {
      if (rest < lifetimes[rank]) {
        return item(rest - lifetimes[rank], rank);
      }
      rest -= lifetimes[rank];
    }
    throw new IndexOutOfBoundsException(n);
  }

  /** The item of this rank that arrives during block {@code cohort}. */
  int item(long cohort, int rank) {
    return Math.toIntExact((cohort + oldest) * COHORT + rank);
  }

  /** The item of this rank that goes during {@code block}. */
  int leaving(long block, int rank) {
    return item(block - lifetimes[rank], rank);
  }

  /** An item that is there during the whole of {@code block}, uniform over all of them. */
  int live(long block, Draw.Sequence draws) {
    int slot = draws.below(initialSize - COHORT);
    for (int rank = 0; ; rank++) {
      int span = lifetimes[rank] - 1;
      if (slot < span) {
        return item(block - 1 - slot, rank);
      }
      slot -= span;
    }
  }

  /** An item that came within the last day and is there during the whole of {@code block}. */
  int fresh(long block, Draw.Sequence draws) {
    int days = Math.max(1, (int) blocksPerDay - 1);
    while (true) {
      int rank = draws.below(COHORT);
      int age = 1 + draws.below(days);
      if (age < lifetimes[rank]) {
        return item(block - age, rank);
      }
    }
  }

  /** Whole blocks since the item came; negative before. */
  long age(int item, long block) {
    return block - (item / COHORT - oldest);
  }

  double ageInDays(int item, long block) {
    return age(item, block) / blocksPerDay;
  }

  int category(int item) {
    return items.below(CATEGORIES, item, 0);
  }

  int brand(int item) {
    return items.below(BRANDS, item, 1);
  }

  /** What the item is about; hidden, but the same for all items of a category. */
  int theme(int item) {
    return themeOfCategory[category(item)];
  }

  /** How the item looks and feels; hidden, but the same for all items of a brand. */
  int style(int item) {
    return styleOfBrand[brand(item)];
  }

  int themeOfCategory(int category) {
    return themeOfCategory[category];
  }

  /** How good the item is, with mean 0 and deviation 1. */
  double quality(int item) {
    return items.normal(item, 2);
  }

  /** Logarithm of the price against the usual one of the category, by brand and item. */
  double dearness(int item) {
    return 0.4 * items.normal(item, 3);
  }

  /** The price in {@code block}, two decimals: each item has sales of about a day now and then. */
  double price(int item, long block) {
    double full = StrictMath.exp(priceLevelOfCategory[category(item)] + dearness(item));
    return Math.max(1, Math.round(full * (onSale(item, block) ? 80 : 100))) / 100.0;
  }

  boolean onSale(int item, long block) {
    long period = Math.floorDiv(block + item, Math.max(1, (long) blocksPerDay));
    return items.unit(item, 1_000 + period) < 0.1;
  }

  /**
   * The wave of popularity the item is on in {@code block}: its category's fashion, two
   * incommensurable swings of days, and for a third of the items one wave of their own, a bump
   * early in their life.
   */
  double wave(int item, long block) {
    int category = category(item);
    double day = block / blocksPerDay;
    double fashion = 0;
    for (int swing = 0; swing < 2; swing++) {
      double period = 2 + 6 * categories.unit(category, 10 + swing);
      double phase = categories.unit(category, 20 + swing);
      fashion += StrictMath.sin(2 * Math.PI * (day / period + phase));
    }
    double own = 0;
    if (items.unit(item, 4) < 0.33) {
      double distance = (ageInDays(item, block) - 2 * items.unit(item, 5)) / 0.7;
      own = StrictMath.exp(-distance * distance);
    }
    return 0.5 * fashion + 1.2 * own;
  }

  static String name(int item) {
    return "i" + item;
  }

  static String categoryWord(int category) {
    return NOUNS[category];
  }

  static String brandWord(int brand) {
    return SYLLABLES[brand % 20] + SYLLABLES[(brand * 7 + brand / 20 * 3 + 5) % 20];
  }

  /**
   * What the catalogue says about the item from {@code eventTime} on. It has an id of its own: at a
   * high rate two updates of an item may share a millisecond.
   */
  ItemEvent event(int item, long block, boolean removed, long eventTime, long index) {
    int category = category(item);
    int brand = brand(item);
    String noun = categoryWord(category);
    String maker = brandWord(brand);
    return new ItemEvent(
        name(item),
        eventTime,
        Map.of("category", noun, "brand", maker, "price", price(item, block)),
        LOOKS[items.below(LOOKS.length, item, 6)] + " " + noun + " " + maker,
        removed,
        "t" + index,
        index);
  }
}
