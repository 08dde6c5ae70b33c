package io.freshet.job;

import io.freshet.scoring.settings.ModelsFile;
import io.freshet.scoring.settings.ModelsFileReader;
import io.freshet.scoring.settings.SettingsDefaults;
import java.util.List;
import java.util.Map;

/** Two small models on the events of {@link RandomLog}. */
final class TestModels {

  private TestModels() {}

  static ModelsFile file(long publishEveryMs) {
    return file(publishEveryMs, "batch: {size: 64, span: 5s}");
  }

  /**
   * @param steps YAML of how steps and rounds are cut, on one line
   */
  static ModelsFile file(long publishEveryMs, String steps) {
    return read(publishEveryMs, steps, "");
  }

  /** The two, and one that learns from what was shown for queries. */
  static ModelsFile withRanking(long publishEveryMs) {
    return read(
        publishEveryMs,
        "batch: {size: 64, span: 5s}",
        """
          search:
            family: base
            features:
              - {name: item, from: item.id, as: id, size: 4}
              - {name: words, from: query.text, as: text, size: 4}
              - {name: query, from: query.text, as: tokens, length: 4}
              - {name: position, from: position, as: bias}
            histories:
              - {name: clicked, of: [item], actions: [click], length: 10}
              - {name: searched, of: [item], actions: [query], length: 5}
              - {name: did, of: [item], actions: [click, query], length: 8}
            network: {units: [8, 4], activation: dice}
            batch: {size: 64, span: 5s}
            publish: {every: %dms, anchorEvery: 1s}
        """
            .formatted(publishEveryMs));
  }

  private static ModelsFile read(long publishEveryMs, String steps, String more) {
    String common =
        """
            features:
              - {name: item, from: item.id, as: id, size: 4, admitAfter: 2, maxRows: 30}
              - {name: category, from: item.category, as: id, size: 4}
              - {name: price, from: item.price, as: number, log: true}
              - {name: device, from: context.device, as: id, size: 2}
              - {name: item-rate, from: item.id, as: counters, halfLives: [1m, 1h]}
              - {name: next, from: [item.id, clicked.last], as: cross}
              - {name: position, from: position, as: bias}
            histories:
              - {name: clicked, of: [item, category], actions: [click], length: 10}
              - {name: skipped, of: [category], actions: [none], length: 5}
            network: {units: [8, 4], activation: dice}
            %s
            publish: {every: %dms, anchorEvery: 1s}
        """
            .formatted(steps, publishEveryMs);
    String yaml =
        """
        stream: {outOfOrderness: %dms}
        labels: {action: click, wait: %dms, policy: wait}
        models:
          din:
            family: din
            attention: {units: [8], normalize: softmax}
        %s
          base:
            family: base
        %s
        %s
        """
            .formatted(RandomLog.OUT_OF_ORDERNESS_MS, RandomLog.WAIT_MS, common, common, more);
    return new ModelsFileReader(
            Map.of("din", List.of("djl"), "base", List.of("djl")),
            new SettingsDefaults(100, 60_000, 1_000))
        .read(yaml);
  }
}
