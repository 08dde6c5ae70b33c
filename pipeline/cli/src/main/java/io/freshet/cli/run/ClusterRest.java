package io.freshet.cli.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.freshet.cli.CommandFailed;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** The HTTP interface of a Flink cluster. */
final class ClusterRest {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final String address;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final JsonMapper mapper = JsonMapper.builder().build();

  ClusterRest(RemoteJob.Cluster cluster) {
    this.address = cluster.host() + ":" + cluster.port();
  }

  String address() {
    return address;
  }

  JsonNode get(String path) {
    return ask(request(path).build());
  }

  JsonNode post(String path, String json) {
    return ask(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json))
            .build());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://" + address + path)).timeout(TIMEOUT);
  }

  private JsonNode ask(HttpRequest request) {
    String path = request.uri().getPath();
    try {
      HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      if (response.statusCode() >= 300) {
        throw new CommandFailed(
            "the cluster at %s must answer %s, it says %d"
                .formatted(address, path, response.statusCode()));
      }
      return mapper.readTree(response.body());
    } catch (IOException e) {
      throw new CommandFailed(
          "the cluster at %s must answer %s: %s".formatted(address, path, e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailed("interrupted while " + address + " was asked", e);
    }
  }
}
