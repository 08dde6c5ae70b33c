package io.freshet.bench.experiments;

/** Learns a stream of rows in one pass, batch by batch. */
interface OnlineModel extends AutoCloseable {

  /**
   * Predicts rows {@code from} to {@code to} − 1, then learns their labels.
   *
   * @return the sum of losses of the predictions: log loss in nats, or squared error
   */
  double learn(TableStream stream, int from, int to);

  @Override
  default void close() {}
}
