package io.freshet.modellog;

import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** What carries a model's records: transactions over its topics, fenced per writer. */
interface LogMedium extends AutoCloseable {

  enum Topic {
    LOG,
    ANCHORS,
    INDEX
  }

  /** Two writers of one attempt that do not wait for each other; each is used by one thread. */
  enum Lane {
    VERSIONS,
    ANCHORS
  }

  /** Where a transaction's records go. */
  interface Sink {

    /** Sends a record; the result waits until it lies in its topic, and gives its offset. */
    LongSupplier send(Topic topic, String key, byte[] value);
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

  @Override
  void close();
}
