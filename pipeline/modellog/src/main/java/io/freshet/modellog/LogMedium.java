package io.freshet.modellog;

import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What carries a model's records: transactions over its topics, fenced per writer. */
interface LogMedium extends AutoCloseable {

  enum Topic {
    LOG,
    ANCHORS,
    SLOTS,
    INDEX,
    DECISIONS,
    COMMANDS
  }

  /** Two writers of one attempt that do not wait for each other; each is used by one thread. */
  enum Lane {
    VERSIONS,
    ANCHORS
  }

  /** Where a transaction's records go. */
  interface Sink {

    /**
     * Sends a record; the result waits until it lies in its topic, and gives its offset.
     *
     * @param value null: what had this key is deleted, in a compacted topic
     */
    LongSupplier send(Topic topic, String key, byte @Nullable [] value);
  }

  /** Takes records as they lie in a topic. */
  @FunctionalInterface
  interface RecordReader {
    void record(long offset, String key, byte @Nullable [] value);
  }

  /** How people name a topic. */
  String nameOf(Topic topic);

  /** Ends what earlier writers began and shuts them out. */
  void fence();

  /**
   * Does {@code work} in one transaction: readers see all of it or nothing.
   *
   * @throws BrokenLog if it cannot be completed
   */
  void transact(Lane lane, Consumer<Sink> work);

  LogFeed feed();

  /** The first offset that a topic still holds. */
  long beginning(Topic topic);

  /** The offset after a topic's last completed record. */
  long end(Topic topic);

  /**
   * Hands every completed record from offset {@code from} up to {@code to}, that excluded, to
   * {@code reader}.
   *
   * @throws LostOffset if the topic no longer holds {@code from}
   */
  void read(Topic topic, long from, long to, RecordReader reader);

  /**
   * The records of a topic from offset {@code from} on that are here by now, at least after a while
   * of asking; never waits. Of one topic, with offsets that only grow.
   */
  void poll(Topic topic, long from, RecordReader reader);

  /** Deletes every record before an offset. */
  void deleteBefore(Topic topic, long offset);

  @Override
  void close();
}
