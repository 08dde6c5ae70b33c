package io.freshet.job;

import io.freshet.job.input.InputPartitions;
import io.freshet.job.input.InputRecord;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.Heartbeat;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A small log of events with everything that makes order hard: four partitions per topic, five per
 * cent out of order, one per cent late, repeats, clicks without impressions; if wanted, pages that
 * answer queries, some of them unknown, asked twice or asked too late. A function of its seed.
 */
final class RandomLog {

  static final int PARTITIONS = 4;
  static final InputPartitions INPUTS =
      new InputPartitions(List.of("interactions", "items", "queries"));
  static final long OUT_OF_ORDERNESS_MS = 100;
  static final long WAIT_MS = 2_000;

  private static final int TOPICS = 3;
  private static final int USERS = 30;
  private static final int ITEMS = 40;

  private record Sent(Event event, int topic, int partition, long sentAt) {}

  private RandomLog() {}

  /** The records of each partition, in offset order; every one ends with the end of time. */
  static List<List<InputRecord>> partitions(long seed, int impressions) {
    return partitions(seed, impressions, false);
  }

  /** The same with pages that answer queries. */
  static List<List<InputRecord>> withSearches(long seed, int impressions) {
    return partitions(seed, impressions, true);
  }

  private static List<List<InputRecord>> partitions(long seed, int impressions, boolean searches) {
    Random random = new Random(seed);
    List<Sent> sent = new ArrayList<>();
    for (int i = 0; i < ITEMS; i++) {
      send(sent, random, Events.item("i" + i, 10 + i, "c" + i % 7), 1);
    }
    long time = 1_000;
    for (int i = 0; i < impressions; i++) {
      time += random.nextInt(40);
      String user = random.nextInt(50) == 0 ? null : "u" + random.nextInt(USERS);
      String item = "i" + random.nextInt(ITEMS);
      Event impression =
          user == null
              ? Events.anonymous("a" + i, item, time)
              : Events.impression("a" + i, user, item, time);
      send(sent, random, impression, 0);
      boolean likes = Math.floorMod(item.hashCode() + (user == null ? 0 : user.hashCode()), 4) == 0;
      if (user != null && random.nextInt(10) < (likes ? 7 : 1)) {
        send(sent, random, Events.click("a" + i, user, item, time + random.nextInt(2_500)), 0);
      }
      if (searches && random.nextInt(10) == 0) {
        search(sent, random, "q" + i, user, time);
      }
      if (random.nextInt(100) == 0) {
        send(sent, random, Events.click("nowhere" + i, "u1", item, time), 0);
      }
      if (random.nextInt(50) == 0) {
        send(
            sent,
            random,
            Events.item("i" + random.nextInt(ITEMS), time, "c" + random.nextInt(7)),
            1);
      }
    }
    List<List<InputRecord>> partitions = new ArrayList<>();
    for (int p = 0; p < TOPICS * PARTITIONS; p++) {
      partitions.add(new ArrayList<>());
    }
    sent.sort(Comparator.comparingLong(Sent::sentAt));
    for (Sent one : sent) {
      append(partitions, one.topic, one.partition, one.event);
      if (random.nextInt(50) == 0) {
        append(partitions, one.topic, one.partition, one.event);
      }
    }
    for (int p = 0; p < TOPICS * PARTITIONS; p++) {
      append(
          partitions,
          p / PARTITIONS,
          p % PARTITIONS,
          new Heartbeat(Heartbeat.END_OF_TIME, "test", 0));
    }
    return partitions;
  }

  /** A query, one to three pages that answer it, clicks and judgments. */
  private static void search(
      List<Sent> sent, Random random, String id, @Nullable String user, long asked) {
    int kind = random.nextInt(20);
    if (kind > 0) {
      long late = kind == 1 ? 1_500 : 0;
      send(sent, random, Events.query(id, user, "red thing " + random.nextInt(9), asked + late), 2);
    }
    if (kind == 2) {
      send(sent, random, Events.query(id, user, "blue thing", asked + 500), 2);
    }
    long time = asked;
    for (int page = random.nextInt(3); page >= 0; page--) {
      time += random.nextInt(3) * 100;
      for (int position = 1; position <= 4; position++) {
        String item = "i" + random.nextInt(ITEMS);
        String impression = id + "-" + page + "-" + position;
        send(sent, random, Events.found(impression, user, item, time, id, position), 0);
        if (random.nextInt(3) == 0) {
          send(
              sent,
              random,
              user == null
                  ? Events.click(impression, null, item, time + random.nextInt(2_500))
                  : Events.clickByQuery(id, user, item, time + random.nextInt(2_500)),
              0);
        }
        if (random.nextInt(3) == 0) {
          long judged = time + random.nextInt(3_000) - 500;
          send(sent, random, Events.judgment(id, item, random.nextInt(4), Math.max(0, judged)), 2);
        }
      }
      time += random.nextInt(1_800);
    }
  }

  private static void send(List<Sent> sent, Random random, Event event, int topic) {
    int delay = 0;
    int chance = random.nextInt(100);
    if (chance < 1) {
      delay = 1_000;
    } else if (chance < 6) {
      delay = random.nextInt((int) OUT_OF_ORDERNESS_MS);
    }
    int partition = Math.floorMod(event.hashCode(), PARTITIONS);
    sent.add(new Sent(event, topic, partition, event.eventTime() + delay));
  }

  private static void append(
      List<List<InputRecord>> partitions, int topic, int partition, Event event) {
    List<InputRecord> log = partitions.get(topic * PARTITIONS + partition);
    log.add(new InputRecord(event, topic << 16 | partition, log.size(), 0));
  }
}
