package io.freshet.source.simulator;

import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.ImpressionEvent;
import io.freshet.schema.event.ItemEvent;
import io.freshet.source.simulator.OnlineRegression.Features;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A small independent evaluation of a stream, one event after another as a learner would see it:
 * predictions at the impression, learning a minute later. It knows nothing of how the simulator
 * works.
 */
final class ShopFigures {

  private static final long WAIT_MS = 60_000;
  private static final int HISTORY = 50;

  private final Map<String, Item> items = new HashMap<>();
  private final Map<String, Deque<Item>> histories = new HashMap<>();
  private final Map<String, int[]> counts = new HashMap<>();
  private final Map<String, Waiting> byImpression = new HashMap<>();
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private final OnlineRegression regression = new OnlineRegression();
  private final WithinPosition oracle = new WithinPosition();
  private final WithinPosition popularity = new WithinPosition();
  private final WithinPosition regressed = new WithinPosition();
  private final int[] lengths;
  private int examples;
  private int clicks;
  private int young;

  private record Item(String id, String category, String brand, double price, long born) {}

  private static final class Waiting {
    final ImpressionEvent impression;
    final Features features;
    final double rate;
    final double regressed;
    boolean clicked;

    Waiting(ImpressionEvent impression, Features features, double rate, double regressed) {
      this.impression = impression;
      this.features = features;
      this.rate = rate;
      this.regressed = regressed;
    }
  }

  ShopFigures(List<Event> events) {
    lengths = new int[events.size()];
    for (Event event : events) {
      learn(event.eventTime() - WAIT_MS);
      if (event instanceof ItemEvent item) {
        catalogue(item);
      } else if (event instanceof ClickEvent click) {
        click(click);
      } else if (event instanceof ImpressionEvent impression) {
        show(impression);
      }
    }
  }

  double oracleAuc() {
    return oracle.auc();
  }

  double popularityAuc() {
    return popularity.auc();
  }

  double regressionAuc() {
    return regressed.auc();
  }

  double clickRate() {
    return (double) clicks / examples;
  }

  int medianHistory() {
    int[] sorted = Arrays.copyOf(lengths, examples);
    Arrays.sort(sorted);
    return sorted[examples / 2];
  }

  double shareOfItemsYoungerThanADay() {
    return (double) young / examples;
  }

  private void learn(long until) {
    for (Waiting head = waiting.peek();
        head != null && head.impression.eventTime() < until;
        head = waiting.peek()) {
      waiting.remove();
      byImpression.remove(head.impression.impressionId());
      regression.learn(head.features, head.clicked);
      int[] count = counts.computeIfAbsent(head.impression.itemId(), item -> new int[2]);
      count[0] += head.clicked ? 1 : 0;
      count[1]++;
      int position = head.impression.position();
      Double truth = head.impression.trueClickProbability();
      oracle.add(position, truth == null ? Double.NaN : truth, head.clicked);
      popularity.add(position, head.rate, head.clicked);
      regressed.add(position, head.regressed, head.clicked);
      clicks += head.clicked ? 1 : 0;
    }
  }

  private void catalogue(ItemEvent event) {
    Item before = items.get(event.itemId());
    Map<String, Object> attributes = event.attributes();
    items.put(
        event.itemId(),
        new Item(
            event.itemId(),
            String.valueOf(attributes.get("category")),
            String.valueOf(attributes.get("brand")),
            attributes.get("price") instanceof Double price ? price : Double.NaN,
            before == null ? event.eventTime() : before.born));
  }

  private Item item(@Nullable String id) {
    return Objects.requireNonNull(items.get(String.valueOf(id)), () -> "announced before: " + id);
  }

  private void click(ClickEvent click) {
    Waiting clicked = byImpression.get(click.impressionId());
    if (clicked != null) {
      clicked.clicked = true;
    }
    Deque<Item> history = histories.computeIfAbsent(click.userId(), user -> new ArrayDeque<>());
    history.addFirst(item(click.itemId()));
    if (history.size() > HISTORY) {
      history.removeLast();
    }
  }

  private void show(ImpressionEvent impression) {
    Deque<Item> history = histories.getOrDefault(impression.userId(), new ArrayDeque<>());
    int[] count = counts.getOrDefault(impression.itemId(), new int[2]);
    double rate = (count[0] + 5 * 0.06) / (count[1] + 5);
    Features features = features(impression, history, rate);
    Waiting example = new Waiting(impression, features, rate, regression.probability(features));
    waiting.add(example);
    byImpression.put(impression.impressionId(), example);
    lengths[examples++] = history.size();
    // What was announced before the first block is of unknown age: old.
    long since = item(impression.itemId()).born;
    young += since >= Clock.START && impression.eventTime() - since < 86_400_000 ? 1 : 0;
  }

  private Features features(ImpressionEvent impression, Deque<Item> history, double rate) {
    Item item = item(impression.itemId());
    Features features =
        new Features()
            .add("bias", "", 1)
            .add("position", impression.position(), 1)
            .add("device", String.valueOf(impression.context().get("device")), 1)
            .add("item", item.id, 1)
            .add("category", item.category, 1)
            .add("brand", item.brand, 1)
            .add("price", "", Math.log(item.price) - 3)
            .add("rate", "", Math.log(rate / (1 - rate)) + 2.7)
            .add("length", "", Math.log1p(history.size()) - 2);
    boolean sameItem = false;
    boolean sameCategory = false;
    double share = 1.0 / Math.max(1, history.size());
    for (Item past : history) {
      features.add("clicked item", past.id, share);
      features.add("clicked category", past.category, share);
      sameItem |= past.id.equals(item.id);
      sameCategory |= past.category.equals(item.category);
    }
    return features
        .add("clicked this item", "", sameItem ? 1 : 0)
        .add("clicked this category", "", sameCategory ? 1 : 0);
  }
}
