package io.freshet.serving;

import java.time.Duration;

/**
 * How much of a model a call evaluates. It matters to models that offer prefixes of their network
 * ({@code boosted-mlp}); all others are always evaluated whole.
 *
 * @param amount units of {@link Kind#UNITS}, nanoseconds of {@link Kind#TIME}, else 0
 */
public record Effort(Kind kind, long amount) {

  /** By what a network is cut short. */
  public enum Kind {

    /** By nothing. */
    WHOLE,

    /** By the number of hidden units. */
    UNITS,

    /** By the time that the call may take. */
    TIME
  }

  /** The whole network. */
  public static final Effort WHOLE = new Effort(Kind.WHOLE, 0);

  private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

  public Effort {
    if (kind == Kind.UNITS && (amount < 1 || amount > Integer.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "units to score with must be from 1 to %d, got %d".formatted(Integer.MAX_VALUE, amount));
    }
    if (kind == Kind.TIME && amount < 0) {
      throw new IllegalArgumentException(
          "the time to score in must not be negative, got " + Duration.ofNanos(amount));
    }
  }

  /**
   * The longest prefix of at most {@code units} hidden units. A model whose shortest prefix has
   * more refuses with an {@link IllegalArgumentException} that says how many it has.
   */
  public static Effort units(int units) {
    return new Effort(Kind.UNITS, units);
  }

  /**
   * As long a prefix as will end within {@code budget}, which begins with the call: what features
   * take to be looked up and encoded counts. The shortest prefix is always evaluated.
   */
  public static Effort within(Duration budget) {
    return new Effort(Kind.TIME, budget.compareTo(LONGEST) > 0 ? Long.MAX_VALUE : budget.toNanos());
  }
}
