package io.freshet.learning.reference;

import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureLayout;
import io.freshet.scoring.feature.FeatureLayout.CounterSlot;
import io.freshet.scoring.feature.FeatureLayout.HistorySlot;
import io.freshet.scoring.feature.FeatureLayout.IdSlot;
import io.freshet.scoring.feature.HistoryEntry;
import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.feature.Instance;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Impressions of a small shop with features of every kind. A click is likelier on good items, of
 * the user's favourite category, at the first position, and on what was clicked before.
 */
final class GeneratedStream {

  static final long START = 1_700_000_000_000L;
  static final long GAP_MS = 1_000;
  static final List<Long> HALF_LIVES = List.of(60_000L, 3_600_000L);

  private static final int USERS = 40;
  private static final int ITEMS = 60;
  private static final int CATEGORIES = 6;
  private static final int LENGTH = 8;

  record Row(ReferenceExample example, float label, float weight, double trueProbability) {}

  private final Random random;
  private final Map<Integer, List<Integer>> clicked = new HashMap<>();
  private int made;

  GeneratedStream(long seed) {
    random = new Random(seed);
  }

  static FeatureLayout layout() {
    IdSlot item = new IdSlot("item", 8);
    IdSlot user = new IdSlot("user", 8);
    IdSlot category = new IdSlot("category", 4);
    return new FeatureLayout(
        List.of(item, user, category),
        List.of(new IdSlot("tags", 4)),
        List.of(new IdSlot("next", 1)),
        List.of(new IdSlot("position", 1)),
        List.of("price"),
        List.of(new CounterSlot("item-rate", HALF_LIVES)),
        List.of(
            new HistorySlot("clicked", "click", List.of(item, category), List.of(0, 2), LENGTH)));
  }

  static List<Row> rows(long seed, int count) {
    GeneratedStream stream = new GeneratedStream(seed);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(stream.next());
    }
    return rows;
  }

  Row next() {
    int user = random.nextInt(USERS);
    int item = Math.min(random.nextInt(ITEMS), random.nextInt(ITEMS));
    int position = 1 + random.nextInt(4);
    List<Integer> past = clicked.computeIfAbsent(user, u -> new ArrayList<>());
    double logit =
        -2.0
            + 0.8 * ((item * 7 % 11) / 5.0 - 1)
            + (item % CATEGORIES == user % CATEGORIES ? 1.2 : 0)
            - 0.3 * (position - 1)
            + (past.contains(item) ? 0.8 : 0);
    double probability = 1 / (1 + Math.exp(-logit));
    float label = random.nextDouble() < probability ? 1 : 0;
    float weight = random.nextInt(5) == 0 ? 0.5f : 1;
    Row row = new Row(example(user, item, position, past), label, weight, probability);
    if (label > 0) {
      past.add(item);
      if (past.size() > LENGTH) {
        past.remove(0);
      }
    }
    made++;
    return row;
  }

  private ReferenceExample example(int user, int item, int position, List<Integer> past) {
    long time = START + made * GAP_MS;
    boolean priced = item % 5 != 0;
    long[][] history = new long[2][past.size()];
    List<HistoryEntry> entries = new ArrayList<>();
    for (int j = 0; j < past.size(); j++) {
      history[0][j] = Ids.of(itemId(past.get(j)));
      history[1][j] = categoryId(past.get(j));
      entries.add(new HistoryEntry("click", itemId(past.get(j)), Map.of(), time - 1, 1));
    }
    long own = Ids.of(itemId(item));
    long[] tags = new long[item % 3];
    for (int k = 0; k < tags.length; k++) {
      tags[k] = Ids.of("tag" + (item + k) % 7);
    }
    EncodedExample encoded =
        new EncodedExample(
            new long[] {own, Ids.of("u" + user), categoryId(item)},
            new long[][] {tags},
            new long[] {past.isEmpty() ? Ids.MISSING : Ids.cross(own, history[0][past.size() - 1])},
            new long[] {Ids.of("p" + position)},
            new float[] {priced ? 3 + item % 4 : Float.NaN},
            new long[] {item == 0 ? Ids.MISSING : own},
            new long[][][] {history},
            time);
    return new ReferenceExample(
        instance(itemId(item), "u" + user, position, time, entries), encoded, past.contains(item));
  }

  static Instance instance(
      String item, @Nullable String user, int position, long time, List<HistoryEntry> clicks) {
    return new Instance(item, Map.of(), user, Map.of(), position, time, Map.of("click", clicks));
  }

  private static String itemId(int item) {
    return "i" + item;
  }

  private static long categoryId(int item) {
    return Ids.of("c" + item % CATEGORIES);
  }
}
