package io.freshet.job.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.kafka.HistoryRecords;
import io.freshet.schema.AvroCodec;
import io.freshet.schema.avro.UserHistories;
import io.freshet.scoring.feature.HistoryEntry;
import io.freshet.scoring.feature.HistoryPlan;
import io.freshet.scoring.feature.PastIds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

/** The packed forms of a history against lists of its entries. */
class HistoryKeeperTest {

  private static final HistoryPlan PLAN =
      new HistoryPlan(
          List.of(
              new HistoryPlan.Kept("click", new TreeSet<>(Set.of("click")), 3),
              new HistoryPlan.Kept("click+none", new TreeSet<>(Set.of("click", "none")), 5),
              new HistoryPlan.Kept("none", new TreeSet<>(Set.of("none")), 2)),
          new TreeSet<>(Set.of("category", "price")),
          new TreeSet<>(Set.of("click", "none")));

  private final Random random = new Random(1);
  private final HistoryKeeper keeper = new HistoryKeeper(PLAN);
  private final Map<String, List<HistoryEntry>> lists = new TreeMap<>();
  private UserHistory packed = UserHistory.EMPTY;

  private void remember(HistoryEntry entry) {
    packed = keeper.with(packed, entry);
    for (HistoryPlan.Kept kept : PLAN.histories()) {
      if (kept.takes(entry.action())) {
        List<HistoryEntry> list = lists.computeIfAbsent(kept.key(), key -> new ArrayList<>());
        list.add(entry);
        if (list.size() > kept.length()) {
          list.remove(0);
        }
      }
    }
  }

  private HistoryEntry entry(long time) {
    String[] actions = {"click", "none", "cart"};
    return new HistoryEntry(
        actions[random.nextInt(3)],
        "i\u00e4" + random.nextInt(20),
        random.nextBoolean() ? Map.of("category", "c" + random.nextInt(3), "price", 2.5) : Map.of(),
        time,
        random.nextInt(3));
  }

  private void fill(int entries) {
    for (int i = 0; i < entries; i++) {
      remember(entry(1_000 + i));
    }
  }

  @Test
  void theFeatureTopicGetsWhatListsOfTheEntriesWouldGive() throws Exception {
    fill(40);
    byte[] value =
        new HistoryRecords("features", PLAN).encode(new HistoryChange("u\u00fc", packed));

    UserHistories read = AvroCodec.of(UserHistories.class).decode(value, UserHistories.class);
    Map<String, List<HistoryEntry>> entries = new TreeMap<>();
    read.getHistories()
        .forEach(
            (key, list) ->
                entries.put(
                    key,
                    list.stream()
                        .map(
                            one ->
                                new HistoryEntry(
                                    one.getAction(),
                                    one.getItemId(),
                                    one.getItem(),
                                    one.getEventTime(),
                                    one.getValue()))
                        .toList()));
    assertThat(read.getUserId()).isEqualTo("u\u00fc");
    assertThat(read.getEventTime()).isEqualTo(packed.lastTime());
    assertThat(entries).isEqualTo(lists);
  }

  @Test
  void learnersGetTheIdsOfTheSameEntries() {
    fill(40);
    PastIds expected = PastIds.of(PLAN, lists);
    for (int h = 0; h < PLAN.histories().size(); h++) {
      assertThat(packed.past().block(h)).as("history %d", h).isEqualTo(expected.block(h));
    }
  }

  @Test
  void anEntryThatEntersNoHistoryChangesNothing() {
    fill(3);
    assertThat(keeper.with(packed, new HistoryEntry("cart", "i", Map.of(), 9_999, 1)))
        .isSameAs(packed);
  }

  @Test
  void historiesComeBackFromACheckpointAsTheyWere() throws Exception {
    fill(7);
    DataOutputSerializer out = new DataOutputSerializer(64);
    UserHistorySerializer.INSTANCE.serialize(packed, out);
    packed =
        UserHistorySerializer.INSTANCE.deserialize(
            new DataInputDeserializer(out.getCopyOfBuffer()));
    fill(20);
    theFeatureTopicGetsWhatListsOfTheEntriesWouldGive();
    learnersGetTheIdsOfTheSameEntries();
  }
}
