package io.freshet.cli.run;

import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.report.EvaluationStore;
import java.util.Map;
import java.util.function.Consumer;

/** Evaluations that Kafka holds, and those that come. */
public final class StoredEvaluations {

  private StoredEvaluations() {}

  /** Reads what there is now into a store. */
  public static void read(KafkaAccess kafka, EvaluationStore store) {
    try (ResultsReader reader =
        new ResultsReader(kafka, Map.of(kafka.topics().evaluations(), store::add)).start()) {
      reader.drain();
    }
  }

  /**
   * Reads them from the first one on, on a thread of its own.
   *
   * @param each takes every record's value
   * @param caughtUp is called once all that were there at the start are read
   */
  public static Following follow(KafkaAccess kafka, Consumer<byte[]> each, Runnable caughtUp) {
    ResultsReader reader =
        new ResultsReader(kafka, Map.of(kafka.topics().evaluations(), each))
            .onceCaughtUp(caughtUp)
            .start();
    return new Following(reader);
  }

  /** Until it is closed. */
  public static final class Following implements AutoCloseable {

    private final ResultsReader reader;

    private Following(ResultsReader reader) {
      this.reader = reader;
    }

    /** Throws what made reading fail, if it did. */
    public void check() {
      reader.check();
    }

    @Override
    public void close() {
      reader.close();
    }
  }
}
