package io.freshet.source.data;

import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.ImpressionEvent;
import io.freshet.schema.event.ItemEvent;
import io.freshet.source.InvalidSource;
import io.freshet.source.Source;
import io.freshet.source.SourceArgument;
import io.freshet.source.data.Purchases.Basket;
import io.freshet.source.data.Purchases.Purchase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Online Retail (Chen, Sain, Guo 2012): invoice lines of a gift shop. Each purchase is an
 * impression with a click; beside it stands a constructed negative, an impression of an item that
 * is not in the basket.
 *
 * <p>All impressions of a minute come first, a millisecond later its clicks: what is bought
 * together is not in the histories that the impressions freeze. An item enters the catalogue a
 * millisecond before its first purchase; a changed price enters after the purchase that shows it,
 * since a price that moves at the moment of a purchase would give the purchase away.
 */
public final class OnlineRetail implements Source {

  private static final String FILE = "online_retail.csv.xz";
  private static final long ITEM_LEAD_MS = 1;
  private static final long CLICK_DELAY_MS = 1;
  private static final long PRICE_DELAY_MS = 2;

  private final List<Basket> baskets;
  private final Negatives.Kind kind;
  private final long seed;
  private final long size;

  private OnlineRetail(List<Basket> baskets, Negatives.Kind kind, long seed) {
    this.baskets = baskets;
    this.kind = kind;
    this.seed = seed;
    long events = 0;
    for (Iterator<Event> all = from(0); all.hasNext(); all.next()) {
      events++;
    }
    this.size = events;
  }

  public static Source open(SourceArgument argument, long seed) {
    argument.allow(Set.of("negatives"));
    String negatives = argument.settings().getOrDefault("negatives", "purchases");
    Negatives.Kind kind =
        switch (negatives) {
          case "purchases" -> Negatives.Kind.PURCHASES;
          case "uniform" -> Negatives.Kind.UNIFORM;
          default ->
              throw new InvalidSource(
                  "negatives must be purchases (in proportion to purchases so far) or uniform, came \""
                      + negatives
                      + "\"");
        };
    return new OnlineRetail(Purchases.read(argument.file(FILE)), kind, seed);
  }

  @Override
  public String name() {
    return "online-retail";
  }

  @Override
  public String labels() {
    return "real purchases, constructed negatives ("
        + (kind == Negatives.Kind.UNIFORM ? "uniform" : "in proportion to purchases so far")
        + ")";
  }

  @Override
  public StreamDefaults defaults() {
    return new StreamDefaults(100, 5_000, 30L * 86_400_000);
  }

  @Override
  public OptionalLong size() {
    return OptionalLong.of(size);
  }

  @Override
  public Iterator<Event> from(long index) {
    return new Events(index);
  }

  /**
   * What an item is from its description: text, its words, and the last word, mostly the noun, as
   * its category.
   */
  private static Map<String, Object> attributes(Purchase purchase, double price) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    Set<String> words = new TreeSet<>();
    String last = "";
    for (String word : purchase.description().toLowerCase(Locale.ROOT).split("[^a-z]+")) {
      if (word.length() > 1) {
        words.add(word);
        last = word;
      }
    }
    if (!words.isEmpty()) {
      attributes.put("category", last);
      attributes.put("words", List.copyOf(words));
    }
    if (price > 0) {
      attributes.put("price", price);
    }
    return Map.copyOf(attributes);
  }

  /** One minute at a time: new items, impressions, clicks, changed prices. */
  private final class Events extends EventBuffer {
    private final Negatives negatives = new Negatives(seed, kind);
    private final Map<String, Purchase> described = new HashMap<>();
    private final Map<String, Double> prices = new HashMap<>();
    private int nextBasket;

    Events(long first) {
      super(first);
    }

    @Override
    boolean makeMore() {
      if (nextBasket == baskets.size()) {
        return false;
      }
      long time = baskets.get(nextBasket).time();
      List<Basket> minute = new ArrayList<>();
      while (nextBasket < baskets.size() && baskets.get(nextBasket).time() == time) {
        minute.add(baskets.get(nextBasket++));
      }
      for (Basket basket : minute) {
        basket.purchases().forEach(this::announce);
      }
      for (Basket basket : minute) {
        show(basket);
      }
      for (Basket basket : minute) {
        basket.purchases().forEach(this::click);
        negatives.bought(basket.purchases());
      }
      reprice(minute, time);
      return true;
    }

    private void announce(Purchase purchase) {
      Purchase known = described.get(purchase.item());
      if (known == null || (known.description().isEmpty() && !purchase.description().isEmpty())) {
        described.put(purchase.item(), purchase);
        double price = prices.merge(purchase.item(), purchase.price(), (before, now) -> before);
        item(purchase, price, purchase.time() - ITEM_LEAD_MS);
      }
    }

    private void show(Basket basket) {
      Set<String> bought = new HashSet<>();
      basket.purchases().forEach(purchase -> bought.add(purchase.item()));
      for (Purchase purchase : basket.purchases()) {
        impression("p", purchase, purchase.item());
        String other = negatives.draw(bought, purchase.line());
        if (other != null) {
          impression("n", purchase, other);
        }
      }
    }

    private void impression(String kind, Purchase purchase, String item) {
      add(
          new ImpressionEvent(
              kind + purchase.line(),
              item,
              purchase.time(),
              purchase.customer(),
              0,
              null,
              Map.of("country", purchase.country()),
              null,
              null,
              null,
              null,
              index()));
    }

    private void click(Purchase purchase) {
      add(
          new ClickEvent(
              "p" + purchase.line(),
              purchase.item(),
              purchase.customer(),
              null,
              purchase.time() + CLICK_DELAY_MS,
              "click",
              1.0,
              null,
              index()));
    }

    /** The last price of the minute counts. */
    private void reprice(List<Basket> minute, long time) {
      Map<String, Double> now = new LinkedHashMap<>();
      for (Basket basket : minute) {
        for (Purchase purchase : basket.purchases()) {
          if (purchase.price() > 0) {
            now.put(purchase.item(), purchase.price());
          }
        }
      }
      now.forEach(
          (item, price) -> {
            Double before = prices.put(item, price);
            Purchase purchase = described.get(item);
            if (purchase != null && !price.equals(before)) {
              item(purchase, price, time + PRICE_DELAY_MS);
            }
          });
    }

    private void item(Purchase purchase, double price, long time) {
      @Nullable String text = purchase.description().isEmpty() ? null : purchase.description();
      add(
          new ItemEvent(
              purchase.item(), time, attributes(purchase, price), text, false, null, index()));
    }
  }
}
