package io.freshet.job.learner;

import io.freshet.job.Entry;
import io.freshet.job.EvaluationRow;
import io.freshet.learning.Example;
import io.freshet.learning.Prediction;
import io.freshet.scoring.feature.EncodedExample;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** An example whose label is known: what was predicted at the impression, and the label. */
record Ready(Waiting waiting, Entry.Train entry) {

  /** An example that was predicted and whose label is not known yet. */
  record Waiting(Held held, EncodedExample features, Prediction prediction) {

    void write(DataOutput out) throws IOException {
      held.write(out);
      ExampleFields.write(features, out);
      out.writeFloat(prediction.logit());
      out.writeFloat(prediction.probability());
      ExampleFields.writeFloats(prediction.counters(), out);
    }

    static Waiting read(DataInput in) throws IOException {
      return new Waiting(
          Held.read(in),
          ExampleFields.read(in),
          new Prediction(in.readFloat(), in.readFloat(), ExampleFields.readFloats(in)));
    }
  }

  /**
   * @param flipped whether it is to be learnt with the opposite label
   */
  Example example(boolean flipped) {
    return new Example(
        entry.hash(),
        waiting.features(),
        waiting.prediction().counters(),
        waiting.prediction().logit(),
        flipped ? 1 - entry.label() : entry.label(),
        entry.weight(),
        Example.Kind.values()[entry.kind()],
        entry.time(),
        waiting.held().group(),
        waiting.held().position(),
        waiting.held().propensityOrNaN());
  }

  /**
   * @param atTraining the prediction just before the step; NaN where the step came to nothing
   */
  EvaluationRow row(float atTraining) {
    Prediction prediction = waiting.prediction();
    return waiting
        .held()
        .row(entry, prediction.probability(), sigmoid(prediction.logit()), atTraining);
  }

  private static float sigmoid(float logit) {
    return (float) (1 / (1 + StrictMath.exp(-logit)));
  }

  void write(DataOutput out) throws IOException {
    waiting.write(out);
    EntrySerializer.write(entry, out);
  }

  static Ready read(DataInput in) throws IOException {
    return new Ready(Waiting.read(in), (Entry.Train) EntrySerializer.read(in));
  }
}
