package io.freshet.job.learner;

import io.freshet.job.Entry;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What learns from the sequence of entries. Confined to one thread; called in the sequence's order.
 */
public interface Sequenced extends AutoCloseable {

  /** At the impression. */
  void predict(Entry.Predict entry);

  /** At the ready time, after the prediction of the same example. */
  void train(Entry.Train entry);

  /** Every entry up to this event time has been handed over. */
  void advance(long eventTime);

  /** Called every few milliseconds of wall time, between entries. */
  void tick();

  /**
   * Remembers what checkpoint {@code id} covers, and writes what resuming needs.
   *
   * @param whole whether that must be everything, or may be in a model's log
   */
  void save(long id, boolean whole, DataOutput out) throws IOException;

  /** Checkpoint {@code id} and all before it are complete. */
  void completed(long id);

  /** Examples that were predicted and whose label is not known yet. */
  int pending();

  /**
   * Why it computes on the processor though a GPU was wanted; null where none was, or one is had.
   */
  default @Nullable String insteadOfGpu() {
    return null;
  }

  /** Where it stands. */
  LearnerGauges gauges();

  @Override
  void close();
}
