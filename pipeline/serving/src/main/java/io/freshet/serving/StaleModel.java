package io.freshet.serving;

/** The version to score with is staler than its reader allows. */
public final class StaleModel extends RuntimeException {

  public StaleModel(String message) {
    super(message);
  }
}
