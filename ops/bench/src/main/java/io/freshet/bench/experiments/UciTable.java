package io.freshet.bench.experiments;

import io.freshet.learning.gbnn.Columns;
import io.freshet.learning.gbnn.Task;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;

/**
 * A table of the UCI repository as numbers: text columns one-hot, missing numbers NaN until they
 * are standardised. Classes are numbered in alphabetical order.
 *
 * @param columns [columns][rows]
 * @param labels [rows]
 * @param available rows of the file
 */
record UciTable(String name, Task task, double[][] columns, double[] labels, int available) {

  /** Inputs of training and test rows, by the training rows' means and deviations. */
  record Split(Columns train, double[] trainLabels, Columns test, double[] testLabels) {}

  /** Says which side of a split a vowel was on: no feature. */
  private static final String SIDE = "Train_or_Test";

  /**
   * @param most rows, drawn by {@code seed} where the file has more; rows are shuffled in any case
   */
  static UciTable read(Path file, String name, Task task, int most, long seed) throws IOException {
    List<String[]> lines = new ArrayList<>();
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        lines.add(line.split(",", -1));
      }
    }
    String[] header = lines.remove(0);
    int available = lines.size();
    shuffle(lines, seed);
    List<String[]> rows = lines.subList(0, Math.min(most, lines.size()));
    List<double[]> columns = new ArrayList<>();
    for (int c = 0; c < header.length - 1; c++) {
      if (!header[c].equals(SIDE)) {
        columns.addAll(columns(values(rows, c)));
      }
    }
    String[] targets = values(rows, header.length - 1);
    double[] labels =
        task == Task.REGRESSION
            ? Arrays.stream(targets).mapToDouble(Double::parseDouble).toArray()
            : classes(targets);
    return new UciTable(name, task, columns.toArray(double[][]::new), labels, available);
  }

  int rows() {
    return labels.length;
  }

  /**
   * The fold of every row, 0 to {@code folds} − 1: in turn within each class, so that folds have
   * the table's shares of classes. Rows are shuffled already.
   */
  static int[] folds(Task task, double[] labels, int folds) {
    int[] fold = new int[labels.length];
    int classes = task == Task.REGRESSION ? 1 : (int) Arrays.stream(labels).max().orElse(0) + 1;
    int next = 0;
    for (int k = 0; k < classes; k++) {
      for (int r = 0; r < fold.length; r++) {
        if (task == Task.REGRESSION || labels[r] == k) {
          fold[r] = next++ % folds;
        }
      }
    }
    return fold;
  }

  /**
   * Rows {@code train} and {@code test}: standardised, missing numbers at the mean, constant
   * columns 0; targets of a regression standardised too.
   */
  Split split(int[] train, int[] test) {
    double[][] trained = new double[columns.length][];
    double[][] tested = new double[columns.length][];
    for (int c = 0; c < columns.length; c++) {
      double[] scale = scale(columns[c], train);
      trained[c] = scaled(columns[c], train, scale);
      tested[c] = scaled(columns[c], test, scale);
    }
    double[] identity = {0, 1};
    double[] target = task == Task.REGRESSION ? scale(labels, train) : identity;
    return new Split(
        new Columns(train.length, trained),
        scaled(labels, train, target),
        new Columns(test.length, tested),
        scaled(labels, test, target));
  }

  private static double[] scale(double[] values, int[] rows) {
    double sum = 0;
    int count = 0;
    for (int r : rows) {
      if (!Double.isNaN(values[r])) {
        sum += values[r];
        count++;
      }
    }
    double mean = count == 0 ? 0 : sum / count;
    double squares = 0;
    for (int r : rows) {
      double off = Double.isNaN(values[r]) ? 0 : values[r] - mean;
      squares += off * off;
    }
    double deviation = Math.sqrt(squares / Math.max(1, count));
    return new double[] {mean, deviation > 1e-12 ? 1 / deviation : 0};
  }

  private static double[] scaled(double[] values, int[] rows, double[] scale) {
    double[] scaled = new double[rows.length];
    for (int i = 0; i < rows.length; i++) {
      double value = values[rows[i]];
      scaled[i] = Double.isNaN(value) ? 0 : (value - scale[0]) * scale[1];
    }
    return scaled;
  }

  private static List<double[]> columns(String[] values) {
    boolean numeric = Arrays.stream(values).allMatch(v -> v.isEmpty() || isNumber(v));
    if (numeric) {
      return List.of(
          Arrays.stream(values)
              .mapToDouble(v -> v.isEmpty() ? Double.NaN : Double.parseDouble(v))
              .toArray());
    }
    List<double[]> columns = new ArrayList<>();
    for (String level : new TreeSet<>(Arrays.asList(values))) {
      columns.add(Arrays.stream(values).mapToDouble(v -> v.equals(level) ? 1 : 0).toArray());
    }
    return columns;
  }

  private static boolean isNumber(String text) {
    try {
      return Double.isFinite(Double.parseDouble(text));
    } catch (NumberFormatException notOne) {
      return false;
    }
  }

  private static double[] classes(String[] targets) {
    List<String> classes = List.copyOf(new TreeSet<>(Arrays.asList(targets)));
    return Arrays.stream(targets).mapToDouble(classes::indexOf).toArray();
  }

  private static String[] values(List<String[]> rows, int column) {
    return rows.stream().map(row -> row[column]).toArray(String[]::new);
  }

  private static void shuffle(List<String[]> lines, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = lines.size() - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      String[] swapped = lines.get(i);
      lines.set(i, lines.get(other));
      lines.set(other, swapped);
    }
  }
}
