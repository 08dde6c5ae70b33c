package io.freshet.learning;

/**
 * A step's loss is no number. The step counts and its batch is not learnt; the learner is good for
 * nothing but to {@link Learner#goBack}.
 */
public final class Diverged extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public Diverged(String message) {
    super(message);
  }
}
