package io.freshet.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.freshet.cli.http.WebServer;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.modellog.Version;
import io.freshet.schema.EventTopics;
import io.freshet.scoring.AnytimeScorer.Prefix;
import io.freshet.scoring.feature.Instance;
import io.freshet.serving.testing.FakeModelReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScoringServerTest {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final FakeModelReader din = new FakeModelReader(ScoringServerTest::probability);
  private final FakeModelReader base = new FakeModelReader(candidate -> 0.25);
  private final AtomicLong sourceTime = new AtomicLong(1_000);
  private final HttpClient client = HttpClient.newHttpClient();
  private final ScoringServer server =
      ScoringServer.start(
          new WebServer.Door("127.0.0.1", 0, 8, 1 << 16),
          KafkaAccess.to("nowhere:1", new EventTopics("")),
          "test",
          new LinkedHashMap<>(Map.of("din", din, "base", base)),
          sourceTime::get,
          () -> 0);

  private record Answer(int status, JsonNode json) {}

  private static double probability(Instance candidate) {
    return "phone".equals(candidate.context().get("device"))
        ? 0.75
        : candidate.itemId().equals("good") ? 0.5 : 0.125;
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Answer get(String path) throws Exception {
    return send(HttpRequest.newBuilder(URI.create(server.url() + path)));
  }

  private Answer infer(String path, String body) throws Exception {
    return send(
        HttpRequest.newBuilder(URI.create(server.url() + "v2/models/" + path + "/infer"))
            .POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"'))));
  }

  private Answer send(HttpRequest.Builder request) throws Exception {
    HttpResponse<String> response =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    return new Answer(response.statusCode(), JSON.readTree(response.body()));
  }

  private static String items(String more) {
    return "{'id':'r7','inputs':[{'name':'itemId','datatype':'BYTES','shape':[2],'data':['bad','good']}%s]}"
        .formatted(more);
  }

  @Test
  void anInferenceIsAnsweredByTheProtocolWithVersionAndStaleness() throws Exception {
    Version version = din.publish();
    din.setStaleness(Duration.ofMillis(310));

    Answer answer =
        infer("din", items(",{'name':'userId','datatype':'BYTES','shape':[1],'data':['u1']}"));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().toString())
        .isEqualTo(
            """
            {"model_name":"din","model_version":"%s","id":"r7",
            "parameters":{"model":"fake","stalenessMs":310,"isDefault":false},
            "outputs":[{"name":"probability","datatype":"FP32","shape":[2],"data":[0.125,0.5]},
            {"name":"logit","datatype":"FP32","shape":[2],"data":[-1.9459101,0.0]}]}"""
                .replace("\n", "")
                .formatted(version));
    assertThat(infer("din/versions/" + version, items("")).status()).isEqualTo(200);
    assertThat(infer("din/versions/9:9", items("")).json().path("error").asText())
        .isEqualTo("a version must be the one that is served, %s, got 9:9".formatted(version));
  }

  @Test
  void contextValuesComeAsTensors() throws Exception {
    din.publish();

    Answer answer =
        infer(
            "din",
            items(
                ",{'name':'context.device','datatype':'BYTES','shape':[1],'data':['phone']}"
                    + ",{'name':'context.hour','datatype':'FP64','shape':[1],'data':[13.5]}"
                    + ",{'name':'context.tags','datatype':'BYTES','shape':[1,2],'data':[['a','b']]}"));

    assertThat(answer.json().at("/outputs/0/data").toString()).isEqualTo("[0.75,0.75]");
  }

  @Test
  void peopleAskWithALinkAndSeeTheBestFirst() throws Exception {
    din.publish();

    Answer answer = get("score?model=din&user=u1&items=bad,good");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().at("/version").asText()).isEqualTo("1:1");
    assertThat(answer.json().at("/stalenessMs").asLong()).isZero();
    assertThat(answer.json().at("/scores").toString())
        .isEqualTo("[{\"item\":\"good\",\"score\":0.5},{\"item\":\"bad\",\"score\":0.125}]");
    assertThat(get("score?model=din&items=bad&context.device=phone").json().at("/scores/0/score"))
        .hasToString("0.75");
  }

  @Test
  void aBoostedNetworkIsCutShortWhereTheRequestSaysSo() throws Exception {
    din.setPrefixes(
        List.of(new Prefix(0, 8, 0.4f, 100), new Prefix(1, 40, 0.3f, 100)), Duration.ofNanos(100));
    din.publish();

    assertThat(get("score?model=din&items=a&units=39").json().at("/units").asInt()).isEqualTo(8);
    assertThat(get("score?model=din&items=a&budgetUs=5").json().at("/units").asInt()).isEqualTo(40);
    Answer tooFew = get("score?model=din&items=a&units=7");
    assertThat(tooFew.status()).isEqualTo(400);
    assertThat(tooFew.json().at("/error").asText())
        .contains("at least those of the shortest prefix, 8, got 7");
  }

  @Test
  void aServerIsReadyWhenEveryModelCanBeScoredWith() throws Exception {
    assertThat(get("v2/health/live").status()).isEqualTo(200);
    din.publish();
    Answer waiting = get("v2/health/ready");
    assertThat(waiting.status()).isEqualTo(503);
    assertThat(waiting.json().toString())
        .isEqualTo(
            "{\"ready\":false,\"waiting\":{\"base\":\"the fake has published nothing yet\"}}");
    assertThat(get("v2/models/din/ready").status()).isEqualTo(200);
    assertThat(get("v2/models/base/ready").status()).isEqualTo(503);
    assertThat(get("score?model=base&items=a").status()).isEqualTo(503);

    base.publish();
    assertThat(get("v2/health/ready").json()).hasToString("{\"ready\":true}");
    assertThat(get("v2/models/din").json().at("/versions")).hasToString("[\"1:1\"]");
  }

  @Test
  void whileTheSourcesTimeIsNotKnownNothingIsSaidOfStaleness() throws Exception {
    din.publish();
    base.publish();
    sourceTime.set(0);

    assertThat(get("score?model=din&items=a").json().at("/stalenessMs").isNull()).isTrue();
    assertThat(get("v2/health/ready").json().at("/waiting/din").asText())
        .contains("the source's time must be read");
    assertThat(metrics()).doesNotContain("freshet_staleness_seconds{");
  }

  @Test
  void aModelThatIsTooStaleIsNotScoredWith() throws Exception {
    din.publish();
    din.setStaleness(Duration.ofSeconds(40));
    din.setStalenessLimit(Duration.ofSeconds(30));

    Answer answer = get("score?model=din&items=a");

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.json().at("/error").asText()).contains("must be within PT30S");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          {'inputs':[   | a request must be a JSON object, line 1 is not
          [1]           | a request must be a JSON object, got [1]
          {}            | inputs must be an array of tensors, got nothing
          {'inputs':[{'name':'userId','datatype':'BYTES','shape':[1],'data':['u']}]} | inputs must hold itemId, got [userId]
          {'inputs':[{'name':'itemId','datatype':'BYTES','shape':[3],'data':['a']}]} | data of itemId must have as many elements as its shape [3] says, got 1
          {'inputs':[{'name':'itemId','datatype':'INT64','shape':[1],'data':[7]}]}   | data of itemId must be strings with datatype BYTES, got 7 of INT64
          {'inputs':[{'name':'itemId','datatype':'BYTES','shape':[0],'data':[]}]}    | items to score must be 1 to 10000, got 0
          {'inputs':[{'name':'itemId','datatype':'BYTES','shape':[1],'data':['']}]}  | an item's id must not be empty
          {'inputs':[{'name':'colour','datatype':'BYTES','shape':[1],'data':['a']}]} | inputs must be itemId, userId or context.NAME, got colour
          {'inputs':[{'name':'itemId','datatype':'TEXT','shape':[1],'data':['a']}]}  | an input must have a name and a datatype BYTES or of numbers
          {'inputs':[{'name':'itemId','datatype':'BYTES','shape':[1],'data':['a']}],'outputs':[{'name':'age'}]} | outputs must be [probability, logit]
          {'inputs':[{'name':'itemId','datatype':'BYTES','shape':[1],'data':['a']}],'parameters':{'units':0}}   | units must be a whole number from 1
          {'inputs':[{'name':'itemId','datatype':'BYTES','shape':[1],'data':['a']}],'parameters':{'units':1,'budgetUs':1}} | at most one of units and budgetUs
          """)
  void aWrongRequestIsToldWhatMustHoldAndCostsTheServerNothing(String body, String message)
      throws Exception {
    din.publish();

    Answer answer = infer("din", body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().path("error").asText()).contains(message);
    assertThat(get("score?model=din&items=a").status()).isEqualTo(200);
  }

  @Test
  void whatIsNotThereAndWhatIsTooLongHaveTheirOwnAnswers() throws Exception {
    assertThat(infer("dun", items("")).status()).isEqualTo(404);
    assertThat(get("score?items=a").json().path("error").asText()).contains("model must be one of");
    assertThat(get("score?model=din&item=a").json().path("error").asText())
        .contains(
            "parameters must be user, items, model, units, budgetUs or context.NAME, got item");
    assertThat(infer("din", " ".repeat(1 << 17)).status()).isEqualTo(413);
    assertThat(get("nowhere").status()).isEqualTo(404);
  }

  @Test
  void metricsSayWhatReadersHoldAndHowRequestsFare() throws Exception {
    din.publish();
    din.setStaleness(Duration.ofMillis(310));
    assertThat(get("score?model=din&items=a").status()).isEqualTo(200);
    assertThat(get("score?model=din&items=").status()).isEqualTo(400);
    assertThat(get("score?model=base&items=a").status()).isEqualTo(503);

    assertThat(metrics())
        .contains("freshet_score_requests_total{model=\"din\",outcome=\"scored\"} 1.0")
        .contains("freshet_score_requests_total{model=\"din\",outcome=\"refused\"} 1.0")
        .contains("freshet_score_requests_total{model=\"base\",outcome=\"unavailable\"} 1.0")
        .contains("freshet_score_duration_seconds_count{model=\"din\"} 1")
        .contains("freshet_served_version{family=\"\",model=\"din\"} 1.0")
        .contains("freshet_staleness_seconds{family=\"\",model=\"din\"} 0.31");
  }

  private String metrics() throws Exception {
    return client
        .send(
            HttpRequest.newBuilder(URI.create(server.url() + "metrics")).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }
}
