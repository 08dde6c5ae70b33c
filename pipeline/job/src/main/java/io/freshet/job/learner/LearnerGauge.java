package io.freshet.job.learner;

/** A figure that a learner's operator gives to Flink's metrics. */
public enum LearnerGauge {
  STEPS("steps"),
  EXAMPLES("examples"),
  LEARNT_UP_TO("learnt_up_to_seconds"),
  LOG_LOSS("prequential_log_loss_nats"),
  AUC("prequential_auc_ratio"),
  CALIBRATION("prequential_calibration_ratio"),
  VERSION("published_version"),
  PUBLICATION_BYTES("publication_bytes"),
  TABLE_ROWS("table_rows"),
  ON_GPU("on_gpu"),
  GATE_PASSED("gate_passed"),
  GATE_REFUSED("gate_refused"),
  GATE_FORCED("gate_forced"),
  GATE_SKIPPED("gate_skipped_examples");

  private final String metric;

  LearnerGauge(String metric) {
    this.metric = "freshet_" + metric;
  }

  /** Its name in the operator's group; Flink's reporter puts the group's name before it. */
  public String metric() {
    return metric;
  }
}
