package io.freshet.job.learner;

import io.freshet.job.Entry;
import io.freshet.job.Evaluation;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/** Makes the operator that runs a {@link Sequenced}. */
public final class SequencedOperatorFactory extends AbstractStreamOperatorFactory<Evaluation>
    implements OneInputStreamOperatorFactory<Entry, Evaluation> {

  private static final long serialVersionUID = 1L;

  private final SequencedFactory factory;
  private final int turn;

  /**
   * @param turn among all learners, by which they share out the GPUs of a task manager
   */
  public SequencedOperatorFactory(SequencedFactory factory, int turn) {
    this.factory = factory;
    this.turn = turn;
  }

  @Override
  @SuppressWarnings("unchecked")
  public <T extends StreamOperator<Evaluation>> T createStreamOperator(
      StreamOperatorParameters<Evaluation> parameters) {
    return (T) new SequencedOperator(parameters, factory, turn);
  }

  @Override
  @SuppressWarnings("rawtypes")
  public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader loader) {
    return SequencedOperator.class;
  }
}
