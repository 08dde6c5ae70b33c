package io.freshet.serving;

/** Which versions a reader serves. */
public enum Isolation {

  /** Every version as soon as it is published; a restart of its learner may take it back. */
  SPECULATIVE,

  /** Only versions that no restart takes back. */
  COMMITTED
}
