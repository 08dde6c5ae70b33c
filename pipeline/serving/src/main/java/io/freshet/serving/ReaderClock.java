package io.freshet.serving;

import java.util.function.LongSupplier;

/** What paces a reader's upkeep: nanoseconds that pass, without a date. */
final class ReaderClock implements LongSupplier {

  @Override
  public long getAsLong() {
    return System.nanoTime();
  }
}
