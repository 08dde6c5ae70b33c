package io.freshet.cli.run;

import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.report.EvaluationStore;
import java.util.Map;

/** All evaluations that Kafka holds. */
public final class StoredEvaluations {

  private StoredEvaluations() {}

  /** Reads what there is now into a store. */
  public static void read(KafkaAccess kafka, EvaluationStore store) {
    try (ResultsReader reader =
        new ResultsReader(kafka, Map.of(kafka.topics().evaluations(), store::add)).start()) {
      reader.drain();
    }
  }
}
