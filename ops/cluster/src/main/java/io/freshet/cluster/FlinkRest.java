package io.freshet.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Flink's HTTP interface, as far as a cluster's owner asks it. */
public final class FlinkRest {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Duration SAVEPOINT = Duration.ofSeconds(90);

  private final List<URI> addresses;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final JsonMapper mapper = JsonMapper.builder().build();

  /**
   * @param addresses of all job managers: any that answers is asked
   */
  FlinkRest(List<URI> addresses) {
    this.addresses = List.copyOf(addresses);
  }

  /** How many task managers are registered; 0 while no job manager answers. */
  public int taskManagers() {
    return get("/taskmanagers").map(all -> all.path("taskmanagers").size()).orElse(0);
  }

  /** Ids of jobs that have not ended. */
  public List<String> unfinishedJobs() {
    List<String> ids = new ArrayList<>();
    get("/jobs")
        .ifPresent(
            all ->
                all.path("jobs")
                    .forEach(
                        job -> {
                          if (!Set.of("FINISHED", "CANCELED", "FAILED")
                              .contains(job.path("status").asText())) {
                            ids.add(job.path("id").asText());
                          }
                        }));
    return ids;
  }

  /** The job's state, {@code UNKNOWN} while nobody answers. */
  public String state(String job) {
    return get("/jobs/" + job).map(found -> found.path("state").asText()).orElse("UNKNOWN");
  }

  /** Whether every task of the job runs. */
  public boolean runs(String job) {
    JsonNode found = get("/jobs/" + job).orElse(mapper.nullNode());
    if (!found.path("state").asText().equals("RUNNING")) {
      return false;
    }
    for (JsonNode vertex : found.path("vertices")) {
      if (!vertex.path("status").asText().equals("RUNNING")) {
        return false;
      }
    }
    return found.path("vertices").size() > 0;
  }

  /** How often checkpoints of the job have completed, over all of its attempts on this master. */
  public long checkpoints(String job) {
    return get("/jobs/" + job + "/checkpoints")
        .map(found -> found.path("counts").path("completed").asLong())
        .orElse(0L);
  }

  /** Why the job failed last; empty if it never has. */
  public Optional<String> failure(String job) {
    return get("/jobs/" + job + "/exceptions")
        .map(found -> found.path("exceptionHistory").path("entries").path(0).path("stacktrace"))
        .filter(JsonNode::isTextual)
        .map(JsonNode::asText);
  }

  /** Resource ids of the task managers that run each vertex, by the vertex's name. */
  public Map<String, Set<String>> placement(String job) {
    Map<String, Set<String>> placement = new LinkedHashMap<>();
    for (JsonNode vertex : get("/jobs/" + job).orElse(mapper.nullNode()).path("vertices")) {
      Set<String> on = new LinkedHashSet<>();
      get("/jobs/%s/vertices/%s".formatted(job, vertex.path("id").asText()))
          .ifPresent(
              found ->
                  found
                      .path("subtasks")
                      .forEach(task -> on.add(task.path("taskmanager-id").asText())));
      placement.put(vertex.path("name").asText(), on);
    }
    return placement;
  }

  /** Ends the job at once, without a savepoint. */
  public void cancel(String job) {
    send("PATCH", "/jobs/" + job + "?mode=cancel", "");
  }

  /**
   * Lets the job write out everything, take a savepoint and end.
   *
   * @return the savepoint's path
   */
  public String stopWithSavepoint(String job) {
    return savepoint("/jobs/%s/stop".formatted(job), job, "{\"drain\":false}");
  }

  /**
   * Takes a savepoint; the job goes on.
   *
   * @return the savepoint's path
   */
  public String savepoint(String job) {
    return savepoint("/jobs/%s/savepoints".formatted(job), job, "{\"cancel-job\":false}");
  }

  private String savepoint(String path, String job, String body) {
    String request = send("POST", path, body).path("request-id").asText();
    JsonNode[] done = new JsonNode[1];
    PatienceClock.await(
        SAVEPOINT,
        "the savepoint of %s must be complete".formatted(job),
        () -> {
          done[0] = get("/jobs/%s/savepoints/%s".formatted(job, request)).orElse(mapper.nullNode());
          return done[0].path("status").path("id").asText().equals("COMPLETED");
        });
    JsonNode operation = done[0].path("operation");
    if (!operation.path("location").isTextual()) {
      throw new ClusterFailed(
          "the savepoint of %s must have a place, got %s".formatted(job, operation));
    }
    return operation.path("location").asText();
  }

  /** What a path answers; empty while no job manager answers with 200. */
  public Optional<JsonNode> get(String path) {
    for (URI address : addresses) {
      try {
        HttpResponse<byte[]> response =
            http.send(
                HttpRequest.newBuilder(address.resolve(path)).timeout(TIMEOUT).build(),
                HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() == 200) {
          return Optional.of(mapper.readTree(response.body()));
        }
      } catch (IOException e) {
        // This one is down or has no leader yet; the next may answer.
        continue;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  private JsonNode send(String method, String path, String body) {
    for (URI address : addresses) {
      try {
        HttpResponse<byte[]> response =
            http.send(
                HttpRequest.newBuilder(address.resolve(path))
                    .timeout(TIMEOUT)
                    .header("Content-Type", "application/json")
                    .method(method, HttpRequest.BodyPublishers.ofString(body))
                    .build(),
                HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() < 300) {
          return mapper.readTree(response.body());
        }
      } catch (IOException e) {
        // This one is down; the next may answer.
        continue;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    throw new ClusterFailed("a job manager must take %s %s, none did".formatted(method, path));
  }
}
