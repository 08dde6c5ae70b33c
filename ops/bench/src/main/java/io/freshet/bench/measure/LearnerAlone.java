package io.freshet.bench.measure;

import io.freshet.job.Entry;
import io.freshet.job.Evaluation;
import io.freshet.job.EvaluationRow;
import io.freshet.job.input.InputRecord;
import io.freshet.job.learner.LearnerLoop;
import io.freshet.job.learner.Publication;
import io.freshet.job.replay.SequentialReplay;
import io.freshet.job.timeline.TimelineSettings;
import io.freshet.learning.LearnerFamilies;
import io.freshet.modellog.InMemoryModelLog;
import io.freshet.schema.event.Event;
import io.freshet.scoring.feature.HistoryPlan;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelsFile;
import io.freshet.source.Source;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * A learner loop fed from memory, on one thread: it encodes, predicts, trains, ends rounds, and
 * publishes nothing after its first version or one at every round's end. Making the entries is not
 * in the time.
 */
final class LearnerAlone {

  private static final int BUFFERED = 8_192;
  private static final int WALK_EVERY = 1_024;

  private final LearnerLoop loop;
  private final List<Entry> buffer = new ArrayList<>();
  private long nanos;
  private long cpuNanos;
  private long examples;
  private double predictions;

  private LearnerAlone(ModelSettings model, HistoryPlan plan, LongSupplier clock) {
    Publication.Port port =
        new Publication.Port(
            new InMemoryModelLog(model.name(), InstantSource.system()).open(),
            clock,
            number -> "source-" + number,
            "measure");
    this.loop =
        LearnerLoop.start(
            model, plan, LearnerFamilies.named(model.family()), port, this::evaluated);
  }

  /**
   * @param cpuSeconds of all threads of this process
   * @param predictions sum over all examples, to see that others learnt the same
   */
  record Speed(long examples, double seconds, double cpuSeconds, double predictions) {

    double perSecond() {
      return examples / seconds;
    }

    /** Milliseconds of all threads of this process for each example. */
    double cpuMs() {
      return 1e3 * cpuSeconds / examples;
    }
  }

  /** Learns what follows from the first {@code events} of {@code source}. */
  static Speed of(Source source, long events, ModelsFile models) {
    return of(source, events, models, () -> 0);
  }

  /** As {@link #of}, with a version at every round's end, into a log in memory. */
  static Speed publishing(Source source, long events, ModelsFile models) {
    long everyMs = models.models().get(0).publish().everyMs();
    AtomicLong now = new AtomicLong();
    return of(source, events, models, () -> now.addAndGet(everyMs));
  }

  private static Speed of(Source source, long events, ModelsFile models, LongSupplier clock) {
    LearnerAlone alone =
        new LearnerAlone(models.models().get(0), TimelineSettings.of(models).histories(), clock);
    try (LearnerLoop loop = alone.loop) {
      SequentialReplay replay = new SequentialReplay(models, List.of(0), alone::take);
      Iterator<Event> all = source.from(0);
      for (long i = 0; i < events; i++) {
        replay.take(new InputRecord(all.next(), 0, i, 0));
        if (i % WALK_EVERY == 0) {
          replay.walk();
        }
      }
      replay.walk();
      alone.learn();
      return new Speed(alone.examples, alone.nanos / 1e9, alone.cpuNanos / 1e9, alone.predictions);
    }
  }

  private void take(Entry entry) {
    buffer.add(entry);
    if (buffer.size() == BUFFERED) {
      learn();
    }
  }

  private void learn() {
    long began = System.nanoTime();
    long cpuBegan = ProcessCpu.nanos();
    for (Entry entry : buffer) {
      if (entry instanceof Entry.Predict predict) {
        loop.predict(predict);
      } else if (entry instanceof Entry.Train train) {
        loop.train(train);
      }
    }
    nanos += System.nanoTime() - began;
    cpuNanos += ProcessCpu.nanos() - cpuBegan;
    buffer.clear();
  }

  private void evaluated(Evaluation evaluation) {
    examples += evaluation.rows().size();
    for (EvaluationRow row : evaluation.rows()) {
      predictions += row.prediction();
    }
  }
}
