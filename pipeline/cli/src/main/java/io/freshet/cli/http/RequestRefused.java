package io.freshet.cli.http;

/** A request that is not answered as it wishes; the message says what must hold and what came. */
public final class RequestRefused extends RuntimeException {

  private final int status;

  /**
   * @param status of HTTP, 400 or more
   */
  public RequestRefused(int status, String message) {
    super(message);
    this.status = status;
  }

  /** A request that can never be answered as it is. */
  public static RequestRefused bad(String message) {
    return new RequestRefused(400, message);
  }

  public int status() {
    return status;
  }
}
