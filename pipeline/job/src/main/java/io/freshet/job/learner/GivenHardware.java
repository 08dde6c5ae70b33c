package io.freshet.job.learner;

import io.freshet.job.SlotRequests;
import io.freshet.learning.Hardware;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.common.externalresource.ExternalResourceInfo;

/** What Flink gave the task manager that a learner runs on. */
final class GivenHardware {

  /** As Flink's GPU plugin names it. */
  private static final String INDEX = "index";

  private GivenHardware() {}

  /**
   * @param gpus all that the task manager has: Flink does not say which is whose
   * @param turn of the learner among all, by which learners share them out
   */
  static Hardware of(Set<ExternalResourceInfo> gpus, int turn) {
    List<Integer> indices =
        gpus.stream()
            .flatMap(gpu -> gpu.getProperty(INDEX).stream())
            .filter(index -> index.matches("[0-9]{1,6}"))
            .map(Integer::valueOf)
            .sorted()
            .toList();
    if (indices.isEmpty()) {
      return Hardware.without(
          "Flink gave this task manager no GPU; its settings must have external-resources: %s, with a discovery script that reports an index (what the script said is in the task manager's log)"
              .formatted(SlotRequests.GPU));
    }
    return Hardware.gpu(indices.get(turn % indices.size()));
  }
}
