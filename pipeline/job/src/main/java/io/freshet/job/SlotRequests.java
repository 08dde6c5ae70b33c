package io.freshet.job;

import java.util.Set;
import org.apache.flink.api.common.operators.SlotSharingGroup;
import org.jspecify.annotations.Nullable;

/**
 * What the job asks Flink for where that decides where it runs. A learner that is to have a GPU
 * asks for the external resource {@value #GPU} and lands on a task manager that has it, nowhere
 * else. All else may ask for the external resource {@value #CPU}, by which task managers without a
 * GPU can be told from those that have one; without it Flink puts it on any.
 *
 * @param onGpu models whose learners ask for a GPU
 * @param gpuShare of one GPU that each of them asks for; Flink counts it, and does not enforce it
 * @param elsewhere what a slot of all else asks for; null where it takes any
 */
public record SlotRequests(Set<String> onGpu, double gpuShare, @Nullable Elsewhere elsewhere) {

  /** How Flink's settings name GPUs: {@code external-resources: gpu}. */
  public static final String GPU = "gpu";

  /** How Flink's settings name slots that are for what wants no GPU. */
  public static final String CPU = "cpu";

  /** For a Flink whose task managers are all alike. */
  public static final SlotRequests NONE = new SlotRequests(Set.of(), 1, null);

  /** Of the slot sharing group of whatever names none. */
  private static final String DEFAULT = "default";

  /** Counted by Flink, not enforced: little, so that the GPU is what decides. */
  private static final double CORES = 0.01;

  private static final int HEAP_MIB = 4;

  /** A slot's part of a task manager, which Flink wants in full where anything is asked for. */
  public record Elsewhere(double cores, int heapMiB, int offHeapMiB, int managedMiB) {}

  public SlotRequests {
    onGpu = Set.copyOf(onGpu);
    if (!(gpuShare > 0 && gpuShare <= 1)) {
      throw new IllegalArgumentException("a share of a GPU must be above 0, to 1, got " + gpuShare);
    }
  }

  /** Of what is no learner. */
  SlotSharingGroup rest() {
    return elsewhere(DEFAULT);
  }

  /** A slot of a learner's own. */
  SlotSharingGroup of(String learner, String model) {
    if (!onGpu.contains(model)) {
      return elsewhere(learner);
    }
    return SlotSharingGroup.newBuilder(learner)
        .setCpuCores(CORES)
        .setTaskHeapMemoryMB(HEAP_MIB)
        .setExternalResource(GPU, gpuShare)
        .build();
  }

  private SlotSharingGroup elsewhere(String name) {
    SlotSharingGroup.Builder slot = SlotSharingGroup.newBuilder(name);
    if (elsewhere != null) {
      slot.setCpuCores(elsewhere.cores)
          .setTaskHeapMemoryMB(elsewhere.heapMiB)
          .setTaskOffHeapMemoryMB(elsewhere.offHeapMiB)
          .setManagedMemoryMB(elsewhere.managedMiB)
          .setExternalResource(CPU, 1);
    }
    return slot.build();
  }
}
