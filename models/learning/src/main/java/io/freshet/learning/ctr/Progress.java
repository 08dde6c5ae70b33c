package io.freshet.learning.ctr;

import io.freshet.learning.Example;
import io.freshet.learning.table.ExactNumbers;
import io.freshet.learning.table.LearnerChanges;
import java.util.List;

/** How far a learner has come: its steps, its rounds where they matter, and their times. */
public final class Progress implements LearnerChanges.Numbers {

  private final boolean countsRounds;
  private long step;
  private long rounds;
  private long ready = Long.MIN_VALUE;
  private long round = Long.MIN_VALUE;

  private Progress(boolean countsRounds) {
    this.countsRounds = countsRounds;
  }

  /** Of a learner to which all rounds are alike. */
  public static Progress ofSteps() {
    return new Progress(false);
  }

  /** Of a learner that does something every so many rounds. */
  public static Progress ofStepsAndRounds() {
    return new Progress(true);
  }

  public long step() {
    return step;
  }

  /** Rounds that have ended, where they are counted. */
  public long rounds() {
    return rounds;
  }

  /** When the newest example became ready that was learnt: milliseconds of event time. */
  public long ready() {
    return ready;
  }

  /** When the last round ended, milliseconds of event time; {@link Long#MIN_VALUE} for none. */
  public long round() {
    return round;
  }

  /** One more step, which taught nothing. */
  public void stepInVain() {
    step++;
  }

  /**
   * One more step, by these examples.
   *
   * @return milliseconds of event time since the one before; 0 for the first, never negative
   */
  public long step(List<Example> batch) {
    step++;
    long newest = batch.stream().mapToLong(Example::readyTime).max().orElseThrow();
    long before = ready == Long.MIN_VALUE ? newest : ready;
    ready = Math.max(newest, ready);
    return ready - before;
  }

  /** One more round. */
  public void endRound(long eventTime) {
    rounds++;
    round = eventTime;
  }

  /** Takes back what is learnt, while steps that were done stay counted. */
  void keepingSteps(Runnable takeBack) {
    long reached = step;
    takeBack.run();
    step = reached;
  }

  @Override
  public int count() {
    return countsRounds ? 4 : 3;
  }

  @Override
  public void write(float[] into) {
    ExactNumbers.write(step, into, 0);
    ExactNumbers.write(ready, into, (count() - 2) * ExactNumbers.FLOATS);
    ExactNumbers.write(round, into, (count() - 1) * ExactNumbers.FLOATS);
    if (countsRounds) {
      ExactNumbers.write(rounds, into, ExactNumbers.FLOATS);
    }
  }

  @Override
  public void read(float[] from) {
    step = ExactNumbers.read(from, 0);
    ready = ExactNumbers.read(from, (count() - 2) * ExactNumbers.FLOATS);
    round = ExactNumbers.read(from, (count() - 1) * ExactNumbers.FLOATS);
    if (countsRounds) {
      rounds = ExactNumbers.read(from, ExactNumbers.FLOATS);
    }
  }
}
