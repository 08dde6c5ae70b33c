package io.freshet.cluster;

import io.freshet.cli.kafka.EmbeddedKafka;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a cluster of processes consists of, besides one broker and one ZooKeeper.
 *
 * @param jobManagers one leads, the others stand by
 * @param slots of each task manager
 * @param heapMiB of each task manager
 * @param gpuTaskManagers how many of the task managers, from the first on, have Flink's external
 *     resource {@code gpu}; the others then have the resource {@code cpu}, one a slot
 * @param discovery the script that Flink asks for the indices of GPUs; null where there are none
 * @param flink settings of Flink besides the cluster's own, which they replace
 * @param detour a second way to the broker; null for none
 */
public record ClusterShape(
    int jobManagers,
    int taskManagers,
    int slots,
    int heapMiB,
    int gpuTaskManagers,
    @Nullable Path discovery,
    Map<String, String> flink,
    EmbeddedKafka.@Nullable Detour detour) {

  public ClusterShape {
    if (jobManagers < 1 || taskManagers < 1 || slots < 1 || heapMiB < 192) {
      throw new ClusterFailed(
          "a cluster must have job managers, task managers, slots and a heap of 192 MiB, got %d, %d, %d, %d"
              .formatted(jobManagers, taskManagers, slots, heapMiB));
    }
    if (gpuTaskManagers > taskManagers || gpuTaskManagers > 0 && discovery == null) {
      throw new ClusterFailed(
          "GPU task managers must be some of the %d and have a discovery script, got %d with %s"
              .formatted(taskManagers, gpuTaskManagers, discovery));
    }
    flink = Map.copyOf(flink);
  }

  /** One job manager and so many task managers of eight slots and half a GiB of heap. */
  public static ClusterShape of(int taskManagers) {
    return new ClusterShape(1, taskManagers, 8, 512, 0, null, Map.of(), null);
  }

  public ClusterShape withJobManagers(int count) {
    return new ClusterShape(
        count, taskManagers, slots, heapMiB, gpuTaskManagers, discovery, flink, detour);
  }

  public ClusterShape withGpus(int onTaskManagers, Path script) {
    return new ClusterShape(
        jobManagers, taskManagers, slots, heapMiB, onTaskManagers, script, flink, detour);
  }

  public ClusterShape withFlink(Map<String, String> settings) {
    return new ClusterShape(
        jobManagers, taskManagers, slots, heapMiB, gpuTaskManagers, discovery, settings, detour);
  }

  public ClusterShape withDetour(EmbeddedKafka.Detour way) {
    return new ClusterShape(
        jobManagers, taskManagers, slots, heapMiB, gpuTaskManagers, discovery, flink, way);
  }
}
