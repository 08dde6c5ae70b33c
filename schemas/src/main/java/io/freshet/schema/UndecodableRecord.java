package io.freshet.schema;

/**
 * Bytes or text that are not a record of the kind that must be there; the message says what must
 * hold and what came.
 */
public final class UndecodableRecord extends Exception {

  public UndecodableRecord(String message) {
    super(message);
  }

  public UndecodableRecord(String message, Throwable cause) {
    super(message, cause);
  }
}
