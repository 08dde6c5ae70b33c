package io.freshet.cli.run;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.cli.CommandFailed;
import io.freshet.job.SlotRequests;
import io.freshet.job.SlotRequests.Elsewhere;
import io.freshet.scoring.settings.DecimalText;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettings.Device;
import io.freshet.scoring.settings.ModelsFile;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a cluster's task managers have that decides where learners run, by what they have told their
 * job manager.
 *
 * @param where the cluster's address
 * @param taskManagers that are registered; 0 where the cluster starts them when it needs them
 * @param gpus of all of them
 * @param free of these, what no job has
 * @param ofSlot the part of a GPU that falls to one slot, where that is least
 * @param elsewhere what falls to one slot of those that are for what wants no GPU, where that is
 *     least; null where no task manager tells them apart
 */
public record ClusterResources(
    String where,
    int taskManagers,
    double gpus,
    double free,
    double ofSlot,
    @Nullable Elsewhere elsewhere) {

  private static final double ROUNDING = 1e-9;

  /**
   * Who asks for what, and what its owner should know.
   *
   * @param notes one for each model that computes on the processor instead
   */
  public record Granted(SlotRequests requests, List<String> notes) {

    public Granted {
      notes = List.copyOf(notes);
    }
  }

  /** Asks the cluster. */
  public static ClusterResources of(RemoteJob.Cluster cluster) {
    ClusterRest rest = new ClusterRest(cluster);
    return read(rest.address(), rest.get("/taskmanagers"));
  }

  static ClusterResources read(String where, JsonNode answer) {
    double gpus = 0;
    double free = 0;
    double ofSlot = 1;
    Elsewhere elsewhere = null;
    for (JsonNode manager : answer.path("taskmanagers")) {
      JsonNode total = manager.path("totalResource");
      double here = amount(total, SlotRequests.GPU);
      gpus += here;
      free += amount(manager.path("freeResource"), SlotRequests.GPU);
      if (here > 0) {
        ofSlot = Math.min(ofSlot, here / Math.max(1, manager.path("slotsNumber").asInt()));
      }
      if (amount(total, SlotRequests.CPU) >= 1) {
        elsewhere = least(elsewhere, total);
      }
    }
    int managers = answer.path("taskmanagers").size();
    return new ClusterResources(where, managers, gpus, free, ofSlot, elsewhere);
  }

  private static double amount(JsonNode resources, String name) {
    return resources.path("extendedResources").path(name).asDouble();
  }

  private static Elsewhere least(@Nullable Elsewhere before, JsonNode total) {
    int slots = (int) amount(total, SlotRequests.CPU);
    Elsewhere here =
        new Elsewhere(
            total.path("cpuCores").asDouble() / slots,
            total.path("taskHeapMemory").asInt() / slots,
            total.path("taskOffHeapMemory").asInt() / slots,
            total.path("managedMemory").asInt() / slots);
    return before == null
        ? here
        : new Elsewhere(
            Math.min(before.cores(), here.cores()),
            Math.min(before.heapMiB(), here.heapMiB()),
            Math.min(before.offHeapMiB(), here.offHeapMiB()),
            Math.min(before.managedMiB(), here.managedMiB()));
  }

  /** The same after the job that has GPUs has given them back. */
  public ClusterResources emptied() {
    return new ClusterResources(where, taskManagers, gpus, gpus, ofSlot, elsewhere);
  }

  /**
   * Models that demand a GPU come first, then those that would have one, in their order.
   *
   * @param wanted share of a GPU that each learner asks for; null for what falls to a slot
   * @throws CommandFailed if a model demands one and there is none, or too few are free
   */
  public Granted grant(ModelsFile models, @Nullable Double wanted) {
    double share = wanted == null ? ofSlot : wanted;
    Set<String> asking = new LinkedHashSet<>();
    for (ModelSettings model : models.models()) {
      if (model.device() == Device.GPU) {
        if (taskManagers > 0 && gpus == 0) {
          throw none(model.name());
        }
        asking.add(model.name());
      }
    }
    if (taskManagers > 0 && asking.size() * share > free + ROUNDING) {
      throw new CommandFailed(
          String.format(
              Locale.ROOT,
              "%s must have %s of a GPU each, of the %s of %s %s are free: give it more, or make --gpu-share smaller",
              String.join(", ", asking),
              DecimalText.of(share),
              DecimalText.of(gpus),
              where,
              DecimalText.of(free)));
    }
    List<String> notes = new ArrayList<>();
    for (ModelSettings model : models.models()) {
      if (model.device() == Device.AUTO) {
        if ((asking.size() + 1) * share <= free + ROUNDING) {
          asking.add(model.name());
        } else {
          notes.add(
              "%s will compute on the processor: %s of a GPU is not free at %s, whose task managers have %s"
                  .formatted(model.name(), DecimalText.of(share), where, DecimalText.of(gpus)));
        }
      }
    }
    // Where nobody has a GPU, there is nothing to keep clear of.
    Elsewhere rest = asking.isEmpty() ? null : elsewhere;
    return new Granted(new SlotRequests(asking, share, rest), notes);
  }

  private CommandFailed none(String model) {
    return new CommandFailed(
        "models.%s.device: gpu must be had by a task manager, none of the %d of %s has the external resource %s: start one whose settings have external-resources: %s, or say device: auto"
            .formatted(model, taskManagers, where, SlotRequests.GPU, SlotRequests.GPU));
  }
}
