package io.freshet.scoring.ctr;

/**
 * One table of a network, named after its feature.
 *
 * @param width floats per row
 */
public record TableSpec(String name, int width, Kind kind) {

  /** What the rows of a table are to the network. */
  public enum Kind {
    /** A vector per id, shared by the feature's slot and by the histories that name it. */
    ID,
    /** A vector per id, of which a bag takes the mean. */
    BAG,
    /** An additive logit per combination. */
    CROSS,
    /** An additive logit per value, fixed when scoring. */
    BIAS,
    /** Sums and times per id, of ready labels; see {@link CounterRows}. */
    COUNTERS
  }

  /** Whether rows learn by gradients; counters learn by counting. */
  public boolean trainable() {
    return kind != Kind.COUNTERS;
  }

  /** Whether new rows start from random values; the others start from zeros. */
  public boolean randomStart() {
    return kind == Kind.ID || kind == Kind.BAG;
  }
}
