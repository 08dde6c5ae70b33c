package io.freshet.cli.run;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.cli.CommandFailed;
import io.freshet.job.JobSettings;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettingsJson;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;

/**
 * A training job that runs on a cluster, as it told the cluster when it was submitted.
 *
 * @param id Flink's
 * @param models canonical settings by name
 */
public record RunningJob(String id, Map<String, String> models) {

  private static final String PREFIX = "freshet.prefix";
  private static final String MODEL = "freshet.model.";
  private static final Set<String> OVER = Set.of("FINISHED", "CANCELED", "FAILED");
  private static final Duration SAVED = Duration.ofSeconds(300);
  private static final long LOOK_AGAIN_NS = 200_000_000;

  public RunningJob {
    models = Map.copyOf(models);
  }

  /** What a job is to tell its cluster. */
  static Map<String, String> parameters(JobSettings settings, String prefix) {
    Map<String, String> parameters = new TreeMap<>();
    parameters.put(PREFIX, prefix);
    for (ModelSettings model : settings.models().models()) {
      parameters.put(MODEL + model.name(), ModelSettingsJson.write(model));
    }
    return parameters;
  }

  /**
   * The one that learns from the topics of a prefix.
   *
   * @param cluster where it may run
   */
  public static Optional<RunningJob> on(RemoteJob.Cluster cluster, String prefix) {
    ClusterRest rest = new ClusterRest(cluster);
    for (JsonNode job : rest.get("/jobs").path("jobs")) {
      String id = job.path("id").asText();
      if (OVER.contains(job.path("status").asText())) {
        continue;
      }
      JsonNode told =
          rest.get("/jobs/" + id + "/config").path("execution-config").path("user-config");
      if (told.has(PREFIX) && told.path(PREFIX).asText().equals(prefix)) {
        Map<String, String> models = new TreeMap<>();
        told.properties()
            .forEach(
                each -> {
                  if (each.getKey().startsWith(MODEL)) {
                    models.put(each.getKey().substring(MODEL.length()), each.getValue().asText());
                  }
                });
        return Optional.of(new RunningJob(id, models));
      }
    }
    return Optional.empty();
  }

  /** In what {@code settings} are other than this job's; empty where in nothing. */
  public String difference(JobSettings settings) {
    Map<String, String> now = new TreeMap<>();
    settings.models().models().forEach(m -> now.put(m.name(), ModelSettingsJson.write(m)));
    List<String> found = new ArrayList<>();
    Set<String> all = new TreeSet<>(models.keySet());
    all.addAll(now.keySet());
    for (String name : all) {
      String before = models.get(name);
      String then = now.get(name);
      if (before == null) {
        found.add(name + " is new");
      } else if (then == null) {
        found.add(name + " is missing");
      } else if (!before.equals(then)) {
        found.add(name + " has other settings");
      }
    }
    return String.join(", ", found);
  }

  /** Models of this job that are not among {@code settings}. */
  public Set<String> missing(JobSettings settings) {
    Set<String> missing = new HashSet<>(models.keySet());
    settings.models().models().forEach(model -> missing.remove(model.name()));
    return missing;
  }

  /**
   * Lets it write out everything, take a savepoint and end.
   *
   * @return the savepoint's path
   */
  public String stop(RemoteJob.Cluster cluster) {
    ClusterRest rest = new ClusterRest(cluster);
    String request =
        rest.post("/jobs/%s/stop".formatted(id), "{\"drain\":false}").path("request-id").asText();
    long began = System.nanoTime();
    while (System.nanoTime() - began < SAVED.toNanos()) {
      JsonNode answer = rest.get("/jobs/%s/savepoints/%s".formatted(id, request));
      if (answer.path("status").path("id").asText().equals("COMPLETED")) {
        JsonNode place = answer.path("operation").path("location");
        if (!place.isTextual()) {
          throw new CommandFailed(
              "job %s must stop with a savepoint: %s"
                  .formatted(id, answer.at("/operation/failure-cause/class").asText()));
        }
        return place.asText();
      }
      LockSupport.parkNanos(LOOK_AGAIN_NS);
    }
    throw new CommandFailed(
        "job %s must stop with a savepoint within %d s, it did not"
            .formatted(id, SAVED.toSeconds()));
  }
}
