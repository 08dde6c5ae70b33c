package io.freshet.bench.experiments;

import java.util.ArrayList;
import java.util.List;

/** The losses of a stream's batches before they were learnt. */
final class LossCurve {

  private static final int WINDOW = 200;

  private record Batch(int from, int to, double sum) {}

  private final List<Batch> batches = new ArrayList<>();

  /** Adds the next rows, with the sum of their losses. */
  void add(double sum, int rows) {
    int from = batches.isEmpty() ? 0 : batches.get(batches.size() - 1).to();
    batches.add(new Batch(from, from + rows, sum));
  }

  /** The mean over batches that begin at row {@code from} or later. */
  double mean(int from) {
    return mean(from, Integer.MAX_VALUE);
  }

  /** The mean over batches that begin at row {@code from} or later, and before {@code to}. */
  double mean(int from, int to) {
    double sum = 0;
    int rows = 0;
    for (Batch batch : batches) {
      if (batch.from() >= from && batch.from() < to) {
        sum += batch.sum();
        rows += batch.to() - batch.from();
      }
    }
    return sum / rows;
  }

  /**
   * Rows from {@code from} on until the mean loss of the last {@value #WINDOW} of them is at most
   * {@code loss}; all that there are if it never is.
   */
  int rowsUntil(int from, double loss) {
    int last = 0;
    for (Batch batch : batches) {
      int begin = batch.to() - WINDOW;
      if (begin >= from && mean(begin, batch.to()) <= loss) {
        return batch.to() - from;
      }
      last = batch.to();
    }
    return last - from;
  }
}
