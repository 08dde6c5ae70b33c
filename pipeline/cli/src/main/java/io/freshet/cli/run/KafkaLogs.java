package io.freshet.cli.run;

import io.freshet.modellog.KafkaModelLog;
import io.freshet.modellog.ModelLog;
import io.freshet.modellog.ModelLogs;
import io.freshet.modellog.TopicNames;
import java.time.InstantSource;
import java.util.Map;

/** Opens the logs of models in Kafka, wherever a learner runs. */
record KafkaLogs(Map<String, String> kafka, String prefix, boolean rewind) implements ModelLogs {

  KafkaLogs {
    kafka = Map.copyOf(kafka);
  }

  @Override
  public ModelLog open(String model) {
    return KafkaModelLog.open(kafka, new TopicNames(prefix, model), InstantSource.system(), rewind);
  }
}
