package io.freshet.scoring.settings;

import java.util.function.DoubleFunction;

/**
 * The values that one numeric setting may take. The check, its message and the reference page all
 * read it here.
 *
 * @param open whether {@code min} itself is left out
 * @param text of a value, for messages: a duration has a unit
 */
record Limit(double min, boolean open, double max, DoubleFunction<String> text) {

  static final Limit FEATURE_SIZE = between(1, 512);
  static final Limit ADMIT_AFTER = between(0, 1e9);
  static final Limit MAX_ROWS = between(1, 1e9);
  static final Limit HALF_LIVES = between(1, 16);
  static final Limit CROSS_PARTS = between(2, 4);
  static final Limit HISTORY_LENGTH = between(1, 1000);
  static final Limit TEXT_LENGTH = between(1, 1024);
  static final Limit SUBWORDS = between(0, 8);
  static final Limit CONTEXT = between(0, 4096);
  static final Limit AUGMENT = between(0, 1024);
  static final Limit PROJECTION_SCALE = between(1, 8);
  static final Limit TEMPERATURE = above(0, 1e3);
  static final Limit NEGATIVES = between(0, 1024);
  static final Limit WEIGHT_CLIP = between(1, 1e6);
  static final Limit POSITIONS = between(2, 100);
  static final Limit PAIRS = between(2, 1e8);
  static final Limit LAYERS = between(1, 8);
  static final Limit NETWORK_LAYERS = between(1, 64);
  static final Limit UNITS = between(1, 4096);
  static final Limit BLOCKS = between(1, 1024);
  static final Limit BLOCK_UNITS = between(1, 256);
  static final Limit SHARE = above(0, 1);
  static final Limit HALF_LIFE_STEPS = between(1, 1e9);
  static final Limit RETIRE = between(0, 1e9);
  static final Limit PREFIXES = between(1, 8);
  static final Limit LAMBDA = between(0, 1e6);
  static final Limit RATE = above(0, 1e3);
  static final Limit HALF_LIFE_UPDATES = between(0, 1e15);
  static final Limit CLIP = between(0, 1e9);
  static final Limit SPREAD = between(0, 10);
  static final Limit ETA = between(0, 1e3);
  static final Limit GAMMA = between(0, 10);
  static final Limit FRACTION = between(0, 1);
  static final Limit UPDATES = between(1, 1e9);
  static final Limit BATCH_SIZE = between(1, 65_536);
  static final Limit ROUND_STEPS = between(1, 100_000);
  static final Limit CHECKPOINTS = between(1, 10_000);
  static final Limit TOLERANCE = between(0, 10);
  static final Limit CALIBRATION_BAND = between(1, 1e6);
  static final Limit FALSE_REFUSAL = between(1, 1e12);
  static final Limit GATE_ROUNDS = between(1, 100_000);
  static final Limit PATIENCE = between(0, 100_000);
  static final Limit TIME = time(0);
  static final Limit POSITIVE_TIME = time(1);

  private static final double THOUSAND_YEARS_MS = 365_000d * 86_400_000d;

  private static Limit between(double min, double max) {
    return new Limit(min, false, max, DecimalText::of);
  }

  private static Limit above(double min, double max) {
    return new Limit(min, true, max, DecimalText::of);
  }

  private static Limit time(long min) {
    return new Limit(min, false, THOUSAND_YEARS_MS, ms -> TimeText.of((long) ms));
  }

  boolean holds(double value) {
    return (open ? value > min : value >= min) && value <= max;
  }

  /** The value as messages show it. */
  String show(double value) {
    return Double.isFinite(value) ? text.apply(value) : Double.toString(value);
  }

  /** The values allowed, as in "must be ...". */
  @Override
  public String toString() {
    String low = text.apply(min);
    return open
        ? "above " + low + " and at most " + text.apply(max)
        : low + " to " + text.apply(max);
  }
}
