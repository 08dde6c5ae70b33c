package io.freshet.job.learner;

import io.freshet.job.Entry;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.settings.ModelSettings;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The examples that are ready for the next step, and how many of them the gate has seen. */
final class OpenBatch {

  private final BatchCut cut;
  private final List<Ready> examples = new ArrayList<>();
  private int scored;

  OpenBatch(ModelSettings settings) {
    this.cut = new BatchCut(settings.batch().size(), settings.batch().spanMs());
  }

  /** Takes an example. Returns whether the batch must close after it. */
  boolean add(Ready.Waiting predicted, Entry.Train entry) {
    examples.add(new Ready(predicted, entry));
    return cut.add(entry);
  }

  /** Whether the batch must close before anything at {@code time} happens. */
  boolean endsBefore(long time) {
    return cut.endsBefore(time);
  }

  /** Whether the batch must close before this example of the same or a later time. */
  boolean endsBefore(Entry.Train next) {
    return cut.endsBefore(next);
  }

  /** Whether the batch ends because its time has come, and not because it is full. */
  boolean endsByTime() {
    return !cut.isFull();
  }

  /** Up to which event time the stream will have been learnt with this batch. */
  long end() {
    return cut.isFull() ? cut.time() : cut.boundary() - 1;
  }

  List<Ready> examples() {
    return examples;
  }

  /** Lets the gate score what it has not seen. Returns how many that were. */
  int score(RoundGate gate) {
    List<Ready> unseen = examples.subList(scored, examples.size());
    float[] labels = new float[unseen.size()];
    float[] weights = new float[unseen.size()];
    List<EncodedExample> features = new ArrayList<>(unseen.size());
    for (Ready ready : unseen) {
      labels[features.size()] = ready.entry().label();
      weights[features.size()] = ready.entry().weight();
      features.add(ready.waiting().features());
    }
    gate.score(features, labels, weights);
    scored = examples.size();
    return features.size();
  }

  /** Begins the next one. */
  void next() {
    examples.clear();
    scored = 0;
    cut.next();
  }

  void write(DataOutput out) throws IOException {
    out.writeInt(scored);
    out.writeInt(examples.size());
    for (Ready ready : examples) {
      ready.write(out);
    }
  }

  /** Fills an empty batch with what {@link #write} wrote. */
  void read(DataInput in) throws IOException {
    scored = in.readInt();
    for (int size = in.readInt(); size > 0; size--) {
      Ready ready = Ready.read(in);
      add(ready.waiting(), ready.entry());
    }
  }
}
