package io.freshet.cluster;

/** A cluster of processes that did not do what was asked of it. */
public final class ClusterFailed extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public ClusterFailed(String message) {
    super(message);
  }

  public ClusterFailed(String message, Throwable cause) {
    super(message, cause);
  }
}
