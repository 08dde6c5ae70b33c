package io.freshet.cli.python;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.freshet.scoring.feature.HistoryEntry;
import io.freshet.scoring.feature.Instance;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Candidates with values of every kind, usual and odd: missing, empty, of the wrong type, beyond
 * what a float holds. A function of the seed.
 */
final class Shoppers {

  static final long START = 1_700_000_000_000L;

  private static final int ITEMS = 60;
  private static final long GAP_MS = 90_000;

  private static final List<String> QUERIES =
      List.of(
          "red shoe", "", "Füße 漢字, 42kg²", "ΜΈΣΑΣ -- für 𝒮𝒽𝑜𝑒𝓈 and a few words more", "?!");

  private final Random random;
  private int made;

  Shoppers(long seed) {
    this.random = new Random(seed);
  }

  List<Instance> next(int count) {
    List<Instance> instances = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      instances.add(next());
    }
    return instances;
  }

  private Instance next() {
    Map<String, Object> context = new HashMap<>();
    if (random.nextInt(5) > 0) {
      context.put("device", List.of("phone", "tablet", "").get(random.nextInt(3)));
    }
    Map<String, List<HistoryEntry>> histories = new HashMap<>();
    histories.put("click+like", history(random.nextInt(12)));
    if (random.nextBoolean()) {
      histories.put("none", history(random.nextInt(8)));
    }
    String itemId = itemId();
    return new Instance(
        itemId,
        item(itemId),
        random.nextInt(6) == 0 ? null : "u" + random.nextInt(20),
        context,
        random.nextInt(6),
        START + made++ * GAP_MS,
        histories,
        made % 6 == 0 ? null : QUERIES.get(made % 6 - 1));
  }

  /** Few items are most of what is seen. */
  private String itemId() {
    return "i" + (int) (ITEMS * random.nextDouble() * random.nextDouble());
  }

  private Map<String, Object> item(String itemId) {
    Map<String, Object> item = new HashMap<>();
    int kind = Math.floorMod(itemId.hashCode(), 7);
    item.put("category", kind == 3 ? (Object) 0.1 : "Füße " + kind);
    item.put("tags", kind == 0 ? List.of() : List.of("a" + kind, "", "b" + random.nextInt(9)));
    item.put("title", "Red-Shoe №" + kind + " für ΜΈΣΑΣ, 42kg² 漢字");
    switch (random.nextInt(8)) {
      case 0 -> {}
      case 1 -> item.put("price", "cheap");
      case 2 -> item.put("price", -1e300);
      default -> item.put("price", Math.exp(2 * random.nextGaussian()));
    }
    return item;
  }

  private List<HistoryEntry> history(int length) {
    List<HistoryEntry> entries = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      String itemId = itemId();
      entries.add(new HistoryEntry("click", itemId, item(itemId), START, 1));
    }
    return entries;
  }

  /** JSON lines as {@code score --examples} takes them. */
  static String lines(List<Instance> instances) throws IOException {
    JsonMapper mapper = JsonMapper.builder().build();
    StringBuilder lines = new StringBuilder();
    for (Instance instance : instances) {
      lines.append(mapper.writeValueAsString(instance)).append('\n');
    }
    return lines.toString();
  }
}
