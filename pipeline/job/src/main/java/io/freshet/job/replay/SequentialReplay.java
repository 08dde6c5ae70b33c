package io.freshet.job.replay;

import io.freshet.job.Entry;
import io.freshet.job.input.InputRecord;
import io.freshet.job.learner.Sequenced;
import io.freshet.schema.event.Heartbeat;
import io.freshet.scoring.settings.ModelsFile;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The learners' sequence as a function of the log, made the plain way: no Flink, no state backend,
 * no watermark. Decides per partition what is late or repeated, puts the rest in order of event
 * time, walks through time once and hands out entries in their order. Shares none of the job's code
 * for order and timelines, so that it is the job's oracle, and rebuilds what a job has learnt.
 *
 * <p>Holds what has come and cannot be ordered yet, and the state of the timelines.
 */
public final class SequentialReplay {

  private static final Comparator<Entry> ORDER =
      Comparator.comparingLong(Entry::time)
          .thenComparing(entry -> entry instanceof Entry.Train)
          .thenComparing(SequentialReplay::place)
          .thenComparingLong(Entry::hash)
          .thenComparing(Entry::exampleId);

  private final long outOfOrdernessMs;
  private final Consumer<Entry> out;
  private final Shop shop;
  private final @Nullable SearchLog searches;
  private final Map<Integer, InTime> partitions = new HashMap<>();
  private final TreeMap<Long, List<InputRecord>> waiting = new TreeMap<>();
  private final List<Entry> now = new ArrayList<>();

  /**
   * The sequence of the models that do not rank.
   *
   * @param partitions numbers of all input partitions: time passes with the slowest of them
   */
  public SequentialReplay(ModelsFile models, Iterable<Integer> partitions, Consumer<Entry> out) {
    this(models, false, partitions, out);
  }

  /**
   * @param ranking whether the sequence is that of the models that rank, which is another one
   * @param partitions numbers of all input partitions: time passes with the slowest of them
   */
  public SequentialReplay(
      ModelsFile models, boolean ranking, Iterable<Integer> partitions, Consumer<Entry> out) {
    this.outOfOrdernessMs = models.stream().outOfOrdernessMs();
    this.out = out;
    this.shop = new Shop(models, now::add);
    this.searches = ranking ? new SearchLog(models.stream().waitMs()) : null;
    partitions.forEach(number -> this.partitions.put(number, new InTime(outOfOrdernessMs)));
  }

  /**
   * The whole sequence of a log that has ended.
   *
   * @param partitions each partition's records, in its order
   */
  public static List<Entry> entries(ModelsFile models, List<List<InputRecord>> partitions) {
    return entries(models, false, partitions);
  }

  /**
   * The whole sequence of a log that has ended.
   *
   * @param ranking whether that of the models that rank
   * @param partitions each partition's records, in its order
   */
  public static List<Entry> entries(
      ModelsFile models, boolean ranking, List<List<InputRecord>> partitions) {
    List<Entry> entries = new ArrayList<>();
    List<Integer> numbers =
        partitions.stream().flatMap(List::stream).map(InputRecord::partition).distinct().toList();
    SequentialReplay replay = new SequentialReplay(models, ranking, numbers, entries::add);
    for (List<InputRecord> partition : partitions) {
      partition.forEach(replay::take);
    }
    replay.end();
    return entries;
  }

  /** Hands a whole sequence to what learns, and then the end of time. */
  public static void teach(List<Entry> entries, Sequenced learning) {
    entries.forEach(entry -> teach(entry, learning));
    learning.advance(Long.MAX_VALUE);
  }

  /** Hands one entry to what learns. */
  public static void teach(Entry entry, Sequenced learning) {
    if (entry instanceof Entry.Predict predict) {
      learning.predict(predict);
    } else {
      learning.train((Entry.Train) entry);
    }
  }

  /** Takes a partition's next record; does not yet walk on. */
  public void take(InputRecord record) {
    InTime partition = partitions.get(record.partition());
    if (partition == null) {
      throw new IllegalArgumentException(
          "a record's partition must be one of %s, got %d"
              .formatted(partitions.keySet(), record.partition()));
    }
    if (partition.accepts(record)) {
      waiting.computeIfAbsent(record.event().eventTime(), time -> new ArrayList<>()).add(record);
    }
  }

  /**
   * Walks through the time that nothing can be added to any more.
   *
   * @return the event time up to which the sequence is whole, {@link Long#MIN_VALUE} while any
   *     partition has said nothing
   */
  public long walk() {
    long frontier =
        partitions.values().stream().mapToLong(InTime::frontier).min().orElse(Long.MIN_VALUE);
    if (frontier == Long.MIN_VALUE) {
      return frontier;
    }
    walk(frontier == Heartbeat.END_OF_TIME ? Long.MAX_VALUE : frontier);
    return frontier == Heartbeat.END_OF_TIME ? Long.MAX_VALUE : frontier - 1;
  }

  /** Records that wait for their time. */
  public int waiting() {
    return waiting.size();
  }

  /** Walks to the end of time: nothing will come any more, whatever partitions have promised. */
  public void end() {
    walk(Long.MAX_VALUE);
  }

  private void walk(long before) {
    for (long time = next(); time < before; time = next()) {
      List<InputRecord> today = waiting.remove(time);
      shop.at(time, today == null ? List.of() : today);
      if (searches != null) {
        List<Entry> grouped = searches.at(time, today == null ? List.of() : today, now);
        now.clear();
        now.addAll(grouped);
      }
      now.sort(ORDER);
      now.forEach(out);
      now.clear();
    }
  }

  private long next() {
    long next = Math.min(waiting.isEmpty() ? Long.MAX_VALUE : waiting.firstKey(), shop.nextEnd());
    return searches == null ? next : Math.min(next, searches.nextEnd());
  }

  /** Sorts as the place in a group does; what is in none is its own group. */
  private static BigInteger place(Entry entry) {
    Entry.Place place = entry instanceof Entry.Train train ? train.place() : null;
    return BigInteger.valueOf(place == null ? entry.hash() : place.group())
        .shiftLeft(32)
        .add(BigInteger.valueOf(place == null ? 0 : place.position()));
  }
}
