package io.freshet.cli.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How far the learners of a job have come, asked of Flink's HTTP interface. {@link #refresh}
 * belongs to one thread; the rest may be called from any.
 */
public final class JobProgress {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final URI rest;
  private final String job;
  private final List<String> learners;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final JsonMapper mapper = JsonMapper.builder().build();
  private final Map<String, String> vertices = new LinkedHashMap<>();
  private volatile Snapshot snapshot = new Snapshot(Long.MIN_VALUE, 0, 0, false, null);

  /**
   * @param watermark event time up to which every learner has been given all there is
   * @param waitingEntries handed to learners and not learnt yet
   * @param pendingExamples predicted by a learner, label not known yet, of the learner with most
   * @param known whether every learner has answered
   * @param checkpointMs duration of the last complete checkpoint; null before the first
   */
  public record Snapshot(
      long watermark,
      long waitingEntries,
      long pendingExamples,
      boolean known,
      @Nullable Long checkpointMs) {

    /** Whether everything up to {@code eventTime} has been learnt. */
    public boolean learnt(long eventTime) {
      return known && watermark >= eventTime && waitingEntries == 0;
    }
  }

  /**
   * @param learners names of the job's models, and {@code references} where they learn
   */
  public JobProgress(URI rest, String job, List<String> learners) {
    this.rest = rest;
    this.job = job;
    this.learners = List.copyOf(learners);
  }

  public Snapshot snapshot() {
    return snapshot;
  }

  /** Asks again; where Flink does not answer, as in a restart, what was known before stays. */
  public Snapshot refresh() {
    try {
      if (vertices.size() < learners.size()) {
        findVertices();
      }
      snapshot = ask();
    } catch (IOException e) {
      snapshot =
          new Snapshot(
              snapshot.watermark,
              snapshot.waitingEntries,
              snapshot.pendingExamples,
              false,
              snapshot.checkpointMs);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return snapshot;
  }

  private void findVertices() throws IOException, InterruptedException {
    for (JsonNode vertex : get("/jobs/" + job).path("vertices")) {
      String name = vertex.path("name").asText();
      for (String learner : learners) {
        if (Pattern.compile("\\blearner-" + Pattern.quote(learner) + "(?![\\w.-])")
            .matcher(name)
            .find()) {
          vertices.put(learner, vertex.path("id").asText());
        }
      }
    }
  }

  private Snapshot ask() throws IOException, InterruptedException {
    long watermark = Long.MAX_VALUE;
    long waiting = 0;
    long pending = 0;
    boolean known = vertices.size() == learners.size();
    for (Map.Entry<String, String> vertex : vertices.entrySet()) {
      String operator = "learner-" + vertex.getKey() + ".";
      Map<String, Double> values =
          metrics(
              vertex.getValue(),
              operator + "currentInputWatermark",
              operator + "freshet_waiting_entries",
              operator + "freshet_pending_examples");
      known &= values.size() == 3;
      watermark =
          Math.min(
              watermark,
              values.getOrDefault(operator + "currentInputWatermark", -1e18).longValue());
      waiting += values.getOrDefault(operator + "freshet_waiting_entries", 0.0).longValue();
      pending =
          Math.max(
              pending, values.getOrDefault(operator + "freshet_pending_examples", 0.0).longValue());
    }
    return new Snapshot(
        known ? watermark : snapshot.watermark, waiting, pending, known, checkpointMs());
  }

  private Map<String, Double> metrics(String vertex, String... names)
      throws IOException, InterruptedException {
    String query = URLEncoder.encode(String.join(",", names), StandardCharsets.UTF_8);
    JsonNode answer =
        get("/jobs/%s/vertices/%s/subtasks/metrics?get=%s&agg=min".formatted(job, vertex, query));
    Map<String, Double> values = new LinkedHashMap<>();
    for (JsonNode metric : answer) {
      if (metric.path("min").isNumber()) {
        values.put(metric.path("id").asText(), metric.path("min").asDouble());
      }
    }
    return values;
  }

  private @Nullable Long checkpointMs() throws IOException, InterruptedException {
    JsonNode completed = get("/jobs/" + job + "/checkpoints").path("latest").path("completed");
    return completed.path("end_to_end_duration").isNumber()
        ? Long.valueOf(completed.path("end_to_end_duration").asLong())
        : null;
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    HttpResponse<byte[]> response =
        http.send(
            HttpRequest.newBuilder(rest.resolve(path)).timeout(TIMEOUT).build(),
            HttpResponse.BodyHandlers.ofByteArray());
    if (response.statusCode() != 200) {
      throw new IOException("%s must answer 200, got %d".formatted(path, response.statusCode()));
    }
    return mapper.readTree(response.body());
  }
}
