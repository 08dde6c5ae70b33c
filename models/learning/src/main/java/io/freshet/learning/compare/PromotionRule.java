package io.freshet.learning.compare;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Says when a challenger takes a champion's place: when the interval of their difference (champion
 * − challenger) has excluded zero in the challenger's favour at the end of every block for a whole
 * horizon of event time. A function of the standings alone.
 */
public final class PromotionRule {

  private static final int FORMAT = 1;

  private final long horizonMs;
  private long since = Long.MAX_VALUE;

  /**
   * @param horizonMs event time in milliseconds; 0 = at the first block's end that says so
   */
  public PromotionRule(long horizonMs) {
    if (horizonMs < 0) {
      throw new IllegalArgumentException("the horizon must be at least 0 ms, got " + horizonMs);
    }
    this.horizonMs = horizonMs;
  }

  /**
   * Takes the next standing, the champion's losses being the first.
   *
   * @return whether the challenger is to be promoted now; then the rule starts anew
   */
  public boolean promotes(Standing standing) {
    if (!standing.secondIsBetter()) {
      since = Long.MAX_VALUE;
      return false;
    }
    since = Math.min(since, standing.until());
    boolean promotes = standing.until() - since >= horizonMs;
    if (promotes) {
      since = Long.MAX_VALUE;
    }
    return promotes;
  }

  /** Writes everything that {@link #resume} needs, canonically: equal states write equal bytes. */
  public void save(DataOutput out) throws IOException {
    out.writeInt(FORMAT);
    out.writeLong(horizonMs);
    out.writeLong(since);
  }

  /** One that goes on where the saved one was. */
  public static PromotionRule resume(DataInput in) throws IOException {
    int format = in.readInt();
    if (format != FORMAT) {
      throw new IOException(
          "a saved rule must be of format %d, found %d".formatted(FORMAT, format));
    }
    PromotionRule rule = new PromotionRule(in.readLong());
    rule.since = in.readLong();
    return rule;
  }
}
