package io.freshet.job.order;

/**
 * How far an input partition has come.
 *
 * @param highest event time; milliseconds since 1970 UTC
 * @param kept identities that the last sweep left
 * @param added identities since then
 */
record PartitionProgress(long highest, int kept, int added) {

  static PartitionProgress at(long eventTime) {
    return new PartitionProgress(eventTime, 0, 0);
  }

  PartitionProgress reached(long eventTime) {
    return eventTime <= highest ? this : new PartitionProgress(eventTime, kept, added);
  }

  PartitionProgress accepted() {
    return new PartitionProgress(highest, kept, added + 1);
  }
}
