package io.freshet.learning.metric;

import java.util.Arrays;

/**
 * Predictions of one model and what became of them, by column, in training order. The arrays may be
 * longer than {@code size}; nobody changes them afterwards.
 *
 * @param labels from 0 to 1; a row counts as positive above 1/2 where an order is asked for
 * @param predictions the probabilities that count
 * @param users hash of each user id, {@link #NO_USER} where there is none
 * @param positions counted from 1; 0 = unknown, a position of its own
 * @param trueProbabilities known by simulators only, NaN where unknown
 * @param readyTimes milliseconds since 1970 UTC
 */
public record QualityRows(
    int size,
    float[] labels,
    float[] weights,
    float[] predictions,
    long[] users,
    int[] positions,
    double[] trueProbabilities,
    long[] readyTimes) {

  /** Stands for the lack of a user; such rows belong to no user's AUC. */
  public static final long NO_USER = 0;

  public QualityRows {
    int shortest =
        Math.min(
            Math.min(Math.min(labels.length, weights.length), predictions.length),
            Math.min(
                Math.min(users.length, positions.length),
                Math.min(trueProbabilities.length, readyTimes.length)));
    if (size < 0 || size > shortest) {
      throw new IllegalArgumentException(
          "rows must be from 0 to the length of the shortest column, %d, got %d"
              .formatted(shortest, size));
    }
  }

  /** The rows from {@code from} to the end. */
  public QualityRows from(int from) {
    return new QualityRows(
        size - from,
        Arrays.copyOfRange(labels, from, size),
        Arrays.copyOfRange(weights, from, size),
        Arrays.copyOfRange(predictions, from, size),
        Arrays.copyOfRange(users, from, size),
        Arrays.copyOfRange(positions, from, size),
        Arrays.copyOfRange(trueProbabilities, from, size),
        Arrays.copyOfRange(readyTimes, from, size));
  }

  /** The rows for which {@code mask} holds. */
  public QualityRows where(boolean[] mask) {
    Builder chosen = new Builder();
    for (int i = 0; i < size; i++) {
      if (mask[i]) {
        chosen.add(
            labels[i],
            weights[i],
            predictions[i],
            users[i],
            positions[i],
            trueProbabilities[i],
            readyTimes[i]);
      }
    }
    return chosen.build();
  }

  /** Collects rows one by one, 44 bytes each. */
  public static final class Builder {

    private float[] labels = new float[1024];
    private float[] weights = new float[1024];
    private float[] predictions = new float[1024];
    private long[] users = new long[1024];
    private int[] positions = new int[1024];
    private double[] trueProbabilities = new double[1024];
    private long[] readyTimes = new long[1024];
    private int size;

    /**
     * @param trueProbability NaN where unknown
     */
    public Builder add(
        float label,
        float weight,
        float prediction,
        long user,
        int position,
        double trueProbability,
        long readyTime) {
      if (size == labels.length) {
        grow(size + (size >> 1));
      }
      labels[size] = label;
      weights[size] = weight;
      predictions[size] = prediction;
      users[size] = user;
      positions[size] = position;
      trueProbabilities[size] = trueProbability;
      readyTimes[size] = readyTime;
      size++;
      return this;
    }

    private void grow(int capacity) {
      labels = Arrays.copyOf(labels, capacity);
      weights = Arrays.copyOf(weights, capacity);
      predictions = Arrays.copyOf(predictions, capacity);
      users = Arrays.copyOf(users, capacity);
      positions = Arrays.copyOf(positions, capacity);
      trueProbabilities = Arrays.copyOf(trueProbabilities, capacity);
      readyTimes = Arrays.copyOf(readyTimes, capacity);
    }

    public int size() {
      return size;
    }

    /** The rows so far; later {@link #add}s do not show in them. */
    public QualityRows build() {
      return new QualityRows(
          size, labels, weights, predictions, users, positions, trueProbabilities, readyTimes);
    }
  }
}
