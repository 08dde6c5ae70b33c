package io.freshet.source.simulator;

/**
 * What the shop puts on a page: a mixture of what the user is likely to want, what is popular, what
 * is new and what is drawn at random, in random order, so that positions tell nothing about items.
 */
final class PagePolicy {

  /** Stands for the category of a page that nobody searched for. */
  static final int BROWSING = -1;

  private static final int TOURNAMENT = 4;
  private static final int ANY = -1;

  private final Catalogue catalogue;

  PagePolicy(Catalogue catalogue) {
    this.catalogue = catalogue;
  }

  /** What a user searches for: a category of the interest on their mind. */
  int soughtCategory(Shopper shopper, Draw.Sequence draws) {
    while (true) {
      int category = draws.below(Catalogue.CATEGORIES);
      if (catalogue.themeOfCategory(category) == shopper.theme(shopper.active())) {
        return category;
      }
    }
  }

  /** Words of a search. */
  String text(int category, int firstResult, Draw.Sequence draws) {
    String noun = Catalogue.categoryWord(category);
    return draws.unit() < 0.4
        ? Catalogue.brandWord(catalogue.brand(firstResult)) + " " + noun
        : noun;
  }

  /** Different items, best position first. */
  int[] page(Shopper shopper, int category, long block, Draw.Sequence draws) {
    int[] page = new int[ClickModel.POSITIONS];
    for (int slot = 0; slot < page.length; slot++) {
      do {
        page[slot] = pick(slot, shopper, category, block, draws);
      } while (contains(page, slot, page[slot]));
    }
    for (int slot = page.length - 1; slot > 0; slot--) {
      int other = draws.below(slot + 1);
      int item = page[slot];
      page[slot] = page[other];
      page[other] = item;
    }
    return page;
  }

  private int pick(int slot, Shopper shopper, int category, long block, Draw.Sequence draws) {
    int active = shopper.active();
    return switch (slot) {
      case 0, 1 ->
          category == BROWSING
              ? like(shopper.theme(active), shopper.style(active), ANY, block, draws)
              : like(ANY, shopper.style(active), category, block, draws);
      case 2 -> like(shopper.theme(active), ANY, category, block, draws);
      case 3 -> {
        int other = draws.below(shopper.interests());
        yield like(shopper.theme(other), ANY, ANY, block, draws);
      }
      case 4, 5 -> popular(block, draws);
      case 6 -> catalogue.fresh(block, draws);
      default -> catalogue.live(block, draws);
    };
  }

  /** A live item like this. A catalogue too small to hold one within reach gives any item. */
  private int like(int theme, int style, int category, long block, Draw.Sequence draws) {
    int item = catalogue.live(block, draws);
    for (int tries = 0; tries < 1_000; tries++) {
      boolean fits =
          (category == ANY
                  ? theme == ANY || catalogue.theme(item) == theme
                  : catalogue.category(item) == category)
              && (style == ANY || catalogue.style(item) == style);
      if (fits) {
        return item;
      }
      item = catalogue.live(block, draws);
    }
    return item;
  }

  private int popular(long block, Draw.Sequence draws) {
    int best = catalogue.live(block, draws);
    double bestAppeal = catalogue.quality(best) + catalogue.wave(best, block);
    for (int other = 1; other < TOURNAMENT; other++) {
      int item = catalogue.live(block, draws);
      double appeal = catalogue.quality(item) + catalogue.wave(item, block);
      if (appeal > bestAppeal) {
        best = item;
        bestAppeal = appeal;
      }
    }
    return best;
  }

  private static boolean contains(int[] page, int length, int item) {
    for (int slot = 0; slot < length; slot++) {
      if (page[slot] == item) {
        return true;
      }
    }
    return false;
  }
}
