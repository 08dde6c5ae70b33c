package io.freshet.serving;

import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureEncoder;
import io.freshet.scoring.feature.HistoryEntry;
import io.freshet.scoring.feature.Instance;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Encodes candidates side by side: those that share a user's histories share their encoding, which
 * is most of the work. Gives what {@link FeatureEncoder#encode} gives for each of them. A function
 * of its arguments; safe for any number of threads.
 */
final class CandidateEncoder {

  private final FeatureEncoder encoder;

  CandidateEncoder(FeatureEncoder encoder) {
    this.encoder = encoder;
  }

  EncodedExample[] encode(List<Instance> instances) {
    EncodedExample[] encoded = new EncodedExample[instances.size()];
    Map<String, List<HistoryEntry>> histories = Map.of();
    Map<String, List<HistoryEntry>> newest = Map.of();
    long[][][] shared = new long[0][][];
    boolean sharing = false;
    for (int i = 0; i < encoded.length; i++) {
      Instance instance = instances.get(i);
      if (sharing && same(instance.histories(), histories)) {
        EncodedExample own = encoder.encode(with(instance, newest));
        encoded[i] =
            new EncodedExample(
                own.ids(),
                own.bags(),
                own.crosses(),
                own.biases(),
                own.numbers(),
                own.counterIds(),
                shared,
                own.eventTime(),
                own.tokens());
      } else {
        encoded[i] = encoder.encode(instance);
        histories = instance.histories();
        newest = newest(histories);
        shared = encoded[i].histories();
        sharing = true;
      }
    }
    return encoded;
  }

  @SuppressWarnings("ReferenceEquality") // comparing the content would cost what sharing saves
  private static boolean same(Object one, Object other) {
    return one == other;
  }

  /** All that anything but the histories themselves may read of them: their newest entries. */
  private static Map<String, List<HistoryEntry>> newest(Map<String, List<HistoryEntry>> histories) {
    Map<String, List<HistoryEntry>> newest = new HashMap<>();
    histories.forEach(
        (key, entries) ->
            newest.put(key, entries.subList(Math.max(0, entries.size() - 1), entries.size())));
    return newest;
  }

  private static Instance with(Instance instance, Map<String, List<HistoryEntry>> histories) {
    return new Instance(
        instance.itemId(),
        instance.item(),
        instance.userId(),
        instance.context(),
        instance.position(),
        instance.eventTime(),
        histories,
        instance.query());
  }
}
