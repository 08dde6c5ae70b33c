package io.freshet.faults;

/** What is done to a running cluster. */
enum FaultKind {
  GARBAGE("bytes that are no record, in a model's log", 3),
  TRUNCATED("the first half of a chunk", 3),
  CHUNK_LOST("a version of which a chunk is missing", 3),
  CHUNK_REPEATED("a chunk once more", 3),
  CHUNKS_REORDERED("a version whose chunks come in another order", 3),
  BIT_FLIPPED("a version in one of whose chunks a bit is another", 3),
  MANIFEST_ALONE("a manifest without chunks", 3),
  VERSION_REPEATED("a version once more", 3),
  FOREIGN_CLAIM("a claim that no learner wrote", 3),
  FOREIGN_COMMIT("a commit of a version that there is not", 3),
  FOREIGN_MODEL("another model's version in this one's log", 3),
  FOREIGN_TRANSACTION("somebody's transaction in the log, open for a while and aborted", 3),
  CONNECTIONS_CUT("all connections of job and readers to the broker cut", 2),
  CONNECTIONS_DELAYED("every packet between them held back", 2),
  CONNECTIONS_THROTTLED("few bytes a second between them", 2),
  CHECKPOINT_FAILED("the directory of the job's checkpoints not writable", 2),
  DISK_FULL("no space left where checkpoints lie", 2),
  BROKER_DISK_FULL("no space left where the broker keeps its logs", 1),
  ROLLED_BACK("a model taken back to an earlier version, by command", 2),
  POISONED("a learner that sees flipped labels for some rounds, by command", 2),
  READER_KILLED("kill -9 of the readers' process", 2),
  TASK_MANAGER_KILLED("kill -9 of a task manager", 1),
  JOB_MANAGER_KILLED("kill -9 of the job manager", 1),
  BROKER_KILLED("kill -9 of the broker", 1),
  LEARNER_PAUSED("a task manager stopped until it is replaced, then continued", 1),
  ALL_KILLED("kill -9 of every process of the cluster", 1);

  private final String what;
  private final int weight;

  FaultKind(String what, int weight) {
    this.what = what;
    this.weight = weight;
  }

  /** In a few words. */
  String what() {
    return what;
  }

  /** How often it is drawn, relative to the others. */
  int weight() {
    return weight;
  }
}
