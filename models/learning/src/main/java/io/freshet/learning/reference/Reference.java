package io.freshet.learning.reference;

import java.io.DataOutput;
import java.io.IOException;

/**
 * A baseline that sees the same sequence as a learner, one example after another. Confined to one
 * thread. Two references of the same settings that saw the same calls hold the same bits, on any
 * machine, whatever happened in between.
 */
public interface Reference {

  /** The name in {@link References}, which is also the model's name in reports. */
  String name();

  /** Predicts at the impression without changing anything. */
  ReferencePrediction predict(ReferenceExample example);

  /**
   * Trains at the ready time, on the features as they were at the impression.
   *
   * @param frozen of {@link #predict}, also of one made before this reference was saved and resumed
   * @param label from 0 to 1
   * @param weight not negative
   * @param readyTime when the label became known, milliseconds since 1970 UTC; does not fall from
   *     call to call
   * @return the probability just before this training
   */
  float train(long[] frozen, float label, float weight, long readyTime);

  /** Calls of {@link #train} so far. */
  long examples();

  /**
   * Writes everything that {@link References#resume} needs, canonically: equal states write equal
   * bytes.
   */
  void save(DataOutput out) throws IOException;
}
