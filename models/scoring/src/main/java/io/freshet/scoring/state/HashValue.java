package io.freshet.scoring.state;

import java.util.HexFormat;

/** A state hash: two 64-bit lanes. */
public record HashValue(long high, long low) {

  /** The hash of nothing. */
  public static final HashValue EMPTY = new HashValue(0, 0);

  /** 32 hexadecimal digits, the high lane first. */
  public String hex() {
    return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
  }

  /**
   * @throws IllegalArgumentException unless {@code hex} has 32 hexadecimal digits
   */
  public static HashValue parse(String hex) {
    if (hex.length() != 32) {
      throw new IllegalArgumentException(
          "a state hash must have 32 hexadecimal digits, got " + hex);
    }
    return new HashValue(
        HexFormat.fromHexDigitsToLong(hex, 0, 16), HexFormat.fromHexDigitsToLong(hex, 16, 32));
  }

  @Override
  public String toString() {
    return hex();
  }
}
