package io.freshet.bench.experiments;

import io.freshet.learning.gbnn.Task;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A table as a stream of rows in a shuffled order. Columns are standardised by the rows before (the
 * first {@value #WARM} rows by those themselves), targets of a regression by the first {@value
 * #WARM} rows, which are learnt but not judged.
 *
 * @param rows [rows][columns], missing numbers 0
 * @param classes 1 for a regression, 2 for two
 */
record TableStream(Task task, float[][] rows, double[] labels, int classes) {

  static final int WARM = 200;

  private static final double LARGEST = 5;

  /** The stream of a table, in the table's order. */
  static TableStream of(UciTable table) {
    int count = table.rows();
    float[][] rows = new float[count][table.columns().length];
    for (int c = 0; c < table.columns().length; c++) {
      double[] values = table.columns()[c];
      Running scale = new Running();
      for (int r = 0; r < Math.min(WARM, count); r++) {
        scale.add(values[r]);
      }
      for (int r = 0; r < count; r++) {
        rows[r][c] = (float) scale.standardized(values[r]);
        if (r >= WARM) {
          scale.add(values[r]);
        }
      }
    }
    double[] labels = table.labels().clone();
    if (table.task() == Task.REGRESSION) {
      Running scale = new Running();
      for (int r = 0; r < Math.min(WARM, count); r++) {
        scale.add(labels[r]);
      }
      for (int r = 0; r < count; r++) {
        labels[r] = (labels[r] - scale.mean) / scale.deviation();
      }
    }
    int classes =
        table.task() == Task.REGRESSION ? 1 : (int) Arrays.stream(labels).max().orElse(0) + 1;
    return new TableStream(table.task(), rows, labels, classes);
  }

  /** The same with an abrupt drift: from row {@code at} on the columns have changed places. */
  TableStream drifting(int at, long seed) {
    int width = rows[0].length;
    int[] from = new int[width];
    SplittableRandom random = new SplittableRandom(seed);
    for (int c = 0; c < width; c++) {
      int other = random.nextInt(c + 1);
      from[c] = from[other];
      from[other] = c;
    }
    float[][] moved = rows.clone();
    for (int r = at; r < moved.length; r++) {
      moved[r] = new float[width];
      for (int c = 0; c < width; c++) {
        moved[r][c] = rows[r][from[c]];
      }
    }
    return new TableStream(task, moved, labels, classes);
  }

  int count() {
    return labels.length;
  }

  /** Outputs of a network: one, or one per class where there are more than two. */
  int outputs() {
    return task == Task.MULTI_CLASS ? classes : 1;
  }

  /** The mean loss of the best constant, rows {@code from} to {@code to} − 1. */
  double constantLoss(int from, int to) {
    double[] counts = new double[classes];
    double sum = 0;
    for (int r = from; r < to; r++) {
      sum += labels[r];
      if (task != Task.REGRESSION) {
        counts[(int) labels[r]]++;
      }
    }
    double loss = 0;
    int rows = to - from;
    if (task == Task.REGRESSION) {
      for (int r = from; r < to; r++) {
        loss += (labels[r] - sum / rows) * (labels[r] - sum / rows) / rows;
      }
    } else {
      for (double count : counts) {
        loss -= count == 0 ? 0 : count / rows * Math.log(count / rows);
      }
    }
    return loss;
  }

  /** Mean and deviation of what was seen; NaN stays out. */
  private static final class Running {

    private double count;
    private double mean;
    private double squares;

    void add(double value) {
      if (!Double.isNaN(value)) {
        count++;
        double off = value - mean;
        mean += off / count;
        squares += off * (value - mean);
      }
    }

    double deviation() {
      double deviation = count == 0 ? 0 : Math.sqrt(squares / count);
      return deviation > 1e-9 ? deviation : 1;
    }

    double standardized(double value) {
      double z = (value - mean) / deviation();
      return Double.isNaN(z) ? 0 : Math.max(-LARGEST, Math.min(LARGEST, z));
    }
  }
}
