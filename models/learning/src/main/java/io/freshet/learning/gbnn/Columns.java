package io.freshet.learning.gbnn;

/**
 * The inputs of a batch, column by column, so that loops over rows are loops over arrays.
 *
 * @param rows of every column
 * @param columns [columns][rows], finite
 */
public record Columns(int rows, double[][] columns) {

  public Columns {
    if (rows < 1) {
      throw new IllegalArgumentException("inputs must have at least one row, got " + rows);
    }
    for (int c = 0; c < columns.length; c++) {
      if (columns[c].length != rows) {
        throw new IllegalArgumentException(
            "column %d must have %d rows, got %d".formatted(c, rows, columns[c].length));
      }
      for (int r = 0; r < rows; r++) {
        if (!Double.isFinite(columns[c][r])) {
          throw new IllegalArgumentException(
              "inputs must be finite, got %s in row %d of column %d"
                  .formatted(columns[c][r], r, c));
        }
      }
    }
  }

  /** Columns. */
  public int width() {
    return columns.length;
  }

  /** These rows, in this order. */
  public Columns rows(int[] chosen) {
    double[][] part = new double[columns.length][chosen.length];
    for (int c = 0; c < part.length; c++) {
      for (int r = 0; r < chosen.length; r++) {
        part[c][r] = columns[c][chosen[r]];
      }
    }
    return new Columns(chosen.length, part);
  }
}
