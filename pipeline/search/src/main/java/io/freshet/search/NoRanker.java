package io.freshet.search;

/** A search was asked of a model that does not read documents token by token. */
public final class NoRanker extends RuntimeException {

  private static final long serialVersionUID = 1L;

  NoRanker(String message) {
    super(message);
  }
}
