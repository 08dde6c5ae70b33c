package io.freshet.source.simulator;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/**
 * The events of one block of event time. Their number is always {@value #EVENTS}, so that an index
 * names its block without the blocks before it: sessions, pages, searches, arrivals and departures
 * have fixed numbers, clicks have not, and updates of the catalogue (prices, mostly unchanged) fill
 * what they leave.
 */
final class Block {

  /**
   * Sessions of a block; session s has 1 + s mod 4 pages, and every other four of them begin with a
   * search.
   */
  static final int SESSIONS = 80;

  static final int PAGES = SESSIONS / 4 * (1 + 2 + 3 + 4);
  static final int IMPRESSIONS = PAGES * ClickModel.POSITIONS;
  static final int QUERIES = SESSIONS / 2;

  /**
   * Room for clicks, more than twice their mean. A click beyond it would be lost; that is over ten
   * standard deviations away.
   */
  static final int CLICKS_AND_UPDATES = 320;

  static final int EVENTS = IMPRESSIONS + QUERIES + 2 * Catalogue.COHORT + CLICKS_AND_UPDATES;

  /** No click comes later than this after its impression, milliseconds. */
  static final long LONGEST_DELAY_MS = 300_000;

  private static final Comparator<Draft> ORDER =
      Comparator.comparingLong(Draft::time).thenComparingInt(Draft::rank);

  private final Draw blocks;
  private final Catalogue catalogue;
  private final Shopper.Population population;
  private final ClickModel clickModel;
  private final PagePolicy policy;
  private final Clock clock;

  Block(long seed, Catalogue catalogue, Shopper.Population population, Clock clock) {
    this.blocks = new Draw(seed, Draw.Purpose.BLOCK);
    this.catalogue = catalogue;
    this.population = population;
    this.clickModel = new ClickModel(catalogue);
    this.policy = new PagePolicy(catalogue);
    this.clock = clock;
  }

  /** Plays the sessions of a block: what is searched, shown, and clicked now or later. */
  void play(long block, Consumer<Draft> shown, Consumer<Draft.Click> clicked) {
    Draw.Sequence draws = new Draw.Sequence(blocks.bits(block, 0));
    int page = 0;
    for (int session = 0; session < SESSIONS; session++) {
      int pages = 1 + session % 4;
      boolean searches = session / 4 % 2 == 1;
      int user = population.any(draws);
      Shopper shopper = population.at(user, block);
      int[][] lists = new int[pages][];
      int category = searches ? policy.soughtCategory(shopper, draws) : PagePolicy.BROWSING;
      for (int p = 0; p < pages; p++) {
        lists[p] = policy.page(shopper, category, block, draws);
      }
      double gap = Math.min(60_000, clock.blockMs() / 8) / clock.blockMs();
      double fraction = draws.unit() * (1 - (pages + 0.1) * gap);
      long ordinal = block * SESSIONS + session;
      if (searches) {
        shown.accept(
            new Draft.Query(
                ordinal,
                user,
                policy.text(category, lists[0][0], draws),
                flat(lists),
                clock.within(block, fraction)));
        fraction += 0.1 * gap * draws.unit();
      }
      for (int[] list : lists) {
        long time = clock.within(block, fraction);
        for (int slot = 0; slot < list.length; slot++) {
          long impression = (block * PAGES + page) * ClickModel.POSITIONS + slot;
          double truth = clickModel.probability(shopper, list[slot], slot + 1, block);
          shown.accept(
              new Draft.Showing(
                  impression,
                  list[slot],
                  user,
                  slot + 1,
                  shopper.device(),
                  searches ? ordinal : -1,
                  truth,
                  time));
          if (draws.unit() < truth) {
            clicked.accept(new Draft.Click(impression, list[slot], user, time + delay(draws)));
          }
        }
        fraction += gap * (0.3 + 0.7 * draws.unit());
        page++;
      }
    }
  }

  /**
   * The events of a block in order.
   *
   * @param late clicks that fall into this block or later, in time order; those that fall into it
   *     are taken out, the block's own that fall later are put in
   */
  List<Draft> events(long block, PriorityQueue<Draft.Click> late) {
    List<Draft> events = new ArrayList<>(EVENTS);
    play(block, events::add, late::add);
    Draw.Sequence draws = new Draw.Sequence(blocks.bits(block, 1));
    for (int rank = 0; rank < Catalogue.COHORT; rank++) {
      events.add(item(catalogue.item(block, rank), block, false, draws));
      events.add(item(catalogue.leaving(block, rank), block, true, draws));
    }
    long end = clock.begin(block + 1);
    int clicks = 0;
    for (Draft.Click click = late.peek();
        click != null && click.time() < end;
        click = late.peek()) {
      late.remove();
      if (clicks < CLICKS_AND_UPDATES) {
        events.add(click);
        clicks++;
      }
    }
    for (int update = clicks; update < CLICKS_AND_UPDATES; update++) {
      events.add(item(catalogue.live(block, draws), block, false, draws));
    }
    events.sort(ORDER);
    return events;
  }

  private Draft item(int item, long block, boolean removed, Draw.Sequence draws) {
    return new Draft.Item(catalogue, item, block, removed, clock.within(block, draws.unit()));
  }

  /**
   * Log-normal: half of the clicks come within 8 seconds, about one in thirty later than a minute.
   */
  private static long delay(Draw.Sequence draws) {
    double ms = 8_000 * StrictMath.exp(1.1 * draws.normal());
    return (long) Math.min(LONGEST_DELAY_MS, Math.max(400, ms));
  }

  private static int[] flat(int[][] lists) {
    int[] flat = new int[lists.length * ClickModel.POSITIONS];
    for (int p = 0; p < lists.length; p++) {
      System.arraycopy(lists[p], 0, flat, p * ClickModel.POSITIONS, ClickModel.POSITIONS);
    }
    return flat;
  }
}
