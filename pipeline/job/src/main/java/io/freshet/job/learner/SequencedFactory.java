package io.freshet.job.learner;

import io.freshet.job.Evaluation;
import io.freshet.learning.Hardware;
import java.io.DataInput;
import java.io.IOException;
import java.io.Serializable;
import java.util.function.Consumer;

/** Makes what learns from the sequence, on the task manager that runs it. */
public interface SequencedFactory extends Serializable {

  /**
   * A beginning.
   *
   * @param hardware that the task manager was given
   */
  Sequenced start(Consumer<Evaluation> evaluations, Hardware hardware);

  /** A continuation of what {@link Sequenced#save} wrote. */
  Sequenced resume(Consumer<Evaluation> evaluations, Hardware hardware, DataInput in)
      throws IOException;
}
