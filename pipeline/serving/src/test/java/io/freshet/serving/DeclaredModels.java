package io.freshet.serving;

import io.freshet.modellog.ModelLog;
import io.freshet.modellog.Version;
import io.freshet.modellog.VersionFacts;
import io.freshet.scoring.feature.HistoryEntry;
import io.freshet.scoring.feature.Instance;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettingsJson;
import io.freshet.scoring.settings.ModelsFileReader;
import io.freshet.scoring.settings.SettingsDefaults;
import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.LearnerDelta;
import io.freshet.scoring.state.LearnerState;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import io.freshet.scoring.state.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** A declared DIN, states for it, and requests; all a function of a seed. */
final class DeclaredModels {

  static final String HISTORY = "click";

  private static final int ITEMS = 10_000;

  private DeclaredModels() {}

  /** With features of many kinds, and one history in which a cross reads the newest entry. */
  static ModelSettings din() {
    String yaml =
        """
        models:
          din:
            family: din
            features:
              - {name: item,     from: item.id,        as: id, size: 16}
              - {name: category, from: item.category,  as: id, size: 16}
              - {name: price,    from: item.price,     as: number, log: true}
              - {name: device,   from: context.device, as: id, size: 4}
              - {name: next,     from: [item.id, clicked.last], as: cross}
              - {name: position, from: position,       as: bias}
            histories:
              - {name: clicked, of: [item, category], actions: [click], length: 50}
        """;
    return new ModelsFileReader(Map.of("din", List.of("djl")), SettingsDefaults.LIVE)
        .read(yaml)
        .models()
        .get(0);
  }

  /** Ten blocks of four units, of which prefixes of 2, 5 and all blocks are offered. */
  static ModelSettings boosted() {
    String yaml =
        """
        models:
          quick:
            family: boosted-mlp
            boosting: {blocks: 10, units: 4, prefixes: [0.2, 0.5, 1]}
            features:
              - {name: item,     from: item.id,       as: id, size: 8}
              - {name: category, from: item.category, as: id, size: 8}
              - {name: price,    from: item.price,    as: number, log: true}
            histories:
              - {name: clicked, of: [item, category], actions: [click], length: 50}
        """;
    return new ModelsFileReader(Map.of("boosted-mlp", List.of("java")), SettingsDefaults.LIVE)
        .read(yaml)
        .models()
        .get(0);
  }

  /** Random floats of a trained model's size in every tensor, rows for all items. */
  static ModelState fill(ModelState state, Random random) {
    for (Tensor tensor : state.tensors().values()) {
      for (int i = 0; i < tensor.data().length; i++) {
        boolean positive = tensor.name().endsWith("var") || tensor.name().equals("calibration");
        tensor.data()[i] = positive ? 1 : (float) random.nextGaussian() * 0.1f;
      }
    }
    for (RowTable table : state.tables().values()) {
      fill(table, 0, random);
      fill(table, 1, random);
      for (int item = 0; item < ITEMS; item++) {
        fill(table, io.freshet.scoring.feature.Ids.of("i" + item), random);
      }
    }
    return state;
  }

  private static void fill(RowTable table, long id, Random random) {
    int row = table.findOrInsert(id);
    for (int i = 0; i < table.width(); i++) {
      table.values(row)[table.valueOffset(row) + i] = (float) random.nextGaussian() * 0.1f;
    }
  }

  static Map<String, List<HistoryEntry>> histories(Random random, int length) {
    List<HistoryEntry> entries = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      String item = "i" + random.nextInt(ITEMS);
      entries.add(new HistoryEntry("click", item, item(item), 1_000L * i, 1));
    }
    return Map.of(HISTORY, entries);
  }

  static Map<String, Object> item(String itemId) {
    return Map.of(
        "category", "c" + itemId.hashCode() % 1000, "price", itemId.hashCode() % 97 * 0.5);
  }

  static List<Instance> candidates(
      Random random, int count, Map<String, List<HistoryEntry>> histories) {
    return IntStream.range(0, count)
        .mapToObj(
            i -> {
              String item = "i" + random.nextInt(ITEMS);
              return new Instance(
                  item,
                  item(item),
                  "u",
                  Map.of("device", "phone"),
                  0,
                  1_700_000_000_000L,
                  histories);
            })
        .toList();
  }

  /** The log's first version. */
  static void publish(ModelLog log, ModelSettings settings, ModelState state) {
    long epoch = log.claim(null, HashValue.EMPTY);
    Map<String, Long> rowCounts = new HashMap<>();
    state.tables().forEach((name, table) -> rowCounts.put(name, (long) table.size()));
    log.publish(
        new VersionFacts(
            new Version(epoch, 1),
            null,
            HashValue.EMPTY,
            state.computeHash(),
            1,
            0,
            rowCounts,
            Map.of(),
            Map.of(),
            "passed",
            ModelSettingsJson.write(settings),
            1,
            "test",
            "test"),
        LearnerDelta.whole(LearnerState.servingOnly(state)));
  }
}
