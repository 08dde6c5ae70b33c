package io.freshet.serving;

/** What one {@link Follower} has counted. */
record Counts(
    long scrubs, long findings, long deltaBytes, long anchorBytes, long unreadable, long foreign) {

  static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0);

  Counts plus(Counts other) {
    return new Counts(
        scrubs + other.scrubs,
        findings + other.findings,
        deltaBytes + other.deltaBytes,
        anchorBytes + other.anchorBytes,
        unreadable + other.unreadable,
        foreign + other.foreign);
  }
}
