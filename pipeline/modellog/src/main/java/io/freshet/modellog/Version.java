package io.freshet.modellog;

/**
 * The name of a published state of a model: the attempt that wrote it, and its number on the chain.
 */
public record Version(long epoch, long number) implements Comparable<Version> {

  @Override
  public int compareTo(Version other) {
    int byNumber = Long.compare(number, other.number);
    return byNumber != 0 ? byNumber : Long.compare(epoch, other.epoch);
  }

  @Override
  public String toString() {
    return epoch + ":" + number;
  }
}
