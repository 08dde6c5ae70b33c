package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Searches over HTTP, as other processes ask for them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServeSearchTest {

  private final HttpClient client = HttpClient.newHttpClient();
  private final ShopToSearch shop;

  private record Answer(int status, JsonNode json) {

    String error() {
      return json.at("/error").asText();
    }

    List<String> items() {
      List<String> items = new ArrayList<>();
      json.at("/documents").forEach(document -> items.add(document.at("/item").asText()));
      return items;
    }
  }

  ServeSearchTest(@TempDir Path directory) {
    shop = new ShopToSearch(directory);
  }

  @AfterAll
  void stop() {
    shop.close();
  }

  private RunningCommand serve(String prefix, String... models) {
    List<String> words = new ArrayList<>(List.of("serve"));
    words.addAll(List.of(models));
    words.addAll(List.of("--brokers", shop.brokers(), "--prefix", prefix));
    return new RunningCommand(words.toArray(String[]::new));
  }

  private HttpResponse<String> get(String url) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private Answer ask(String address, String path) throws IOException, InterruptedException {
    HttpResponse<String> response = get(address + path);
    return new Answer(
        response.statusCode(), JsonMapper.builder().build().readTree(response.body()));
  }

  private Answer search(String address, String query, String more)
      throws IOException, InterruptedException {
    String encoded = URLEncoder.encode(query, StandardCharsets.UTF_8);
    return ask(address, "search?model=colbert&query=" + encoded + more);
  }

  @Test
  void documentsComeBestFirstWithVersionAndReasons() throws Exception {
    shop.createTopics("full.");
    shop.publish("full.", "colbert");
    shop.publish("full.", "quick");
    shop.fill("full.");
    try (RunningCommand serve = serve("full.", "colbert", "quick")) {
      String address = serve.address();
      serve.await(() -> search(address, "kettle", "").status() == 200);

      Answer found = search(address, "Wireless headphones!", "");
      assertThat(found.items()).containsExactly("i1", "i2");
      assertThat(found.json().at("/name").asText()).isEqualTo("colbert");
      assertThat(found.json().at("/model").asText()).isEqualTo("colbert");
      assertThat(found.json().at("/version").asText()).isEqualTo("1:1");
      assertThat(found.json().at("/words")).hasToString("[\"wireless\",\"headphones\"]");
      assertThat(found.json().at("/searched").asInt()).isEqualTo(3);
      assertThat(found.json().at("/candidates").asInt()).isEqualTo(2);
      JsonNode first = found.json().at("/documents/0");
      assertThat(first.at("/title").asText()).isEqualTo("Wireless headphones. Black");
      assertThat(first.at("/bm25").asDouble()).isPositive();
      assertThat(first.has("matches")).isFalse();

      JsonNode met =
          search(address, "headphones", "&matches=true").json().at("/documents/0/matches/0");
      assertThat(met.at("/queryWord").asText()).isEqualTo("headphones");
      assertThat(met.at("/documentWord").asText()).isEqualTo("headphones");
      assertThat(met.at("/similarity").asDouble()).isCloseTo(1, within(1e-5));

      // With k1 = 0 BM25 is the word's IDF: of three documents one has it.
      Answer idf = search(address, "kettle", "&k1=0&b=0&top=1&weight=0");
      assertThat(idf.json().at("/documents/0/bm25").asDouble())
          .isCloseTo(Math.log(1 + (3 - 1 + 0.5) / (1 + 0.5)), within(1e-6));
      assertThat(search(address, "headphones", "&top=1").items()).hasSize(1);
      assertThat(search(address, "samovar", "").items()).isEmpty();
      Answer many = search(address, "kettle ".repeat(900), "");
      assertThat(many.json().at("/words")).hasSize(8);
      assertThat(many.json().at("/wordsInAll").asInt()).isEqualTo(900);

      assertThat(found.json().at("/stalenessMs").isNull()).isTrue();
      assertThat(ask(address, "v2/health/ready").status()).isEqualTo(503);
      shop.promise("full.", 1_500);
      serve.await(() -> ask(address, "v2/health/ready").status() == 200);
      assertThat(search(address, "kettle", "").json().at("/stalenessMs").asLong()).isEqualTo(500);

      assertThatWrongOnesAreToldWhatMustHold(address);
      assertThat(get(address + "metrics").body())
          .contains("freshet_search_requests_total{model=\"colbert\",outcome=\"refused\"} 9.0")
          .contains("freshet_search_requests_total{model=\"quick\",outcome=\"refused\"} 1.0")
          .contains("freshet_search_requests_total{model=\"quick\",outcome=\"searched\"} 0.0")
          .containsPattern("freshet_search_duration_seconds_count\\{model=\"colbert\"} [1-9]")
          .contains("freshet_catalogue_documents{model=\"colbert\"} 3.0")
          .contains("freshet_catalogue_unreadable_total{model=\"colbert\"} 0.0")
          .contains("freshet_catalogue_documents{model=\"quick\"} 0.0");
    }
  }

  private void assertThatWrongOnesAreToldWhatMustHold(String address) throws Exception {
    String[][] wrong = {
      {"", "", "query must hold a word, got \"\""},
      {" ?! ", "", "query must hold a word, got \" ?! \""},
      {"a ".repeat(1_001), "", "query must have at most 1000 words, got 1001"},
      {"kettle", "&top=0", "top must be from 1 to 100, got 0"},
      {"kettle", "&top=ten", "top must be a whole number, got ten"},
      {"kettle", "&weight=-1", "weight must be a number of 0 or more, got -1.0"},
      {"kettle", "&b=2", "k1 must be between 0 and 1000 and b between 0 and 1, got 1.2 and 2.0"},
      {"kettle", "&matches=maybe", "matches must be true or false, got maybe"},
      {"kettle", "&user=u1", "parameters must be query, model, top, weight, k1, b, matches, got"},
    };
    for (String[] each : wrong) {
      Answer refused = search(address, each[0], each[1]);
      assertThat(refused.status()).as(each[2]).isEqualTo(400);
      assertThat(refused.error()).startsWith(each[2]);
    }
    assertThat(ask(address, "search?model=quick&query=kettle").error())
        .isEqualTo(
            "a model that searches must be of family colbert, quick is of family boosted-mlp");
    assertThat(ask(address, "search?query=kettle").error()).contains("model must be one of");
    assertThat(ask(address, "search?model=nobody&query=kettle").status()).isEqualTo(404);
    Answer tooLong = search(address, "kettle ".repeat(10_000), "");
    assertThat(tooLong.status()).isEqualTo(414);
    assertThat(tooLong.error()).isEqualTo("URI Too Long");
  }

  @Test
  void nothingIsFoundBeforeAVersionAndTheCatalogueAreThere() throws Exception {
    try (RunningCommand serve = serve("later.", "colbert")) {
      String address = serve.address();
      Answer early = search(address, "kettle", "");
      assertThat(early.status()).isEqualTo(503);
      assertThat(early.error()).isEqualTo("model colbert must have a version, none has come yet");

      shop.publish("later.", "colbert");
      serve.await(() -> search(address, "kettle", "").error().contains("later.catalog.items"));
      serve.await(() -> search(address, "kettle", "").error().contains("must exist"));
      assertThat(search(address, "kettle", "").status()).isEqualTo(503);
      assertThat(ask(address, "v2/health/ready").status()).isEqualTo(503);

      shop.createTopics("later.");
      shop.fill("later.");
      serve.await(() -> search(address, "kettle", "").items().equals(List.of("i3")));
      assertThat(get(address + "metrics").body())
          .contains("freshet_search_requests_total{model=\"colbert\",outcome=\"searched\"}")
          .containsPattern(
              "freshet_search_requests_total\\{model=\"colbert\",outcome=\"unavailable\"} [1-9]");
    }
  }

  @Test
  void aNameThatIsPromotedToAModelThatReadsOtherTextIsSearchedWithoutAGap() throws Exception {
    shop.createTopics("two.");
    shop.publish("two.", "colbert");
    shop.publish("two.", "subjects");
    shop.fill("two.");
    Shell shell = new Shell("--brokers", shop.brokers(), "--prefix", "two.");
    assertThat(shell.run("promote", "best", "--to", "colbert")).as(shell.noted()).isZero();
    try (RunningCommand serve = serve("two.", "best", "--served")) {
      String address = serve.address();
      serve.await(() -> ask(address, "search?query=kettle").status() == 200);
      assertThat(ask(address, "search?query=third").items()).isEmpty();

      assertThat(shell.run("promote", "best", "--to", "subjects")).as(shell.noted()).isZero();
      serve.await(
          () -> {
            Answer found = ask(address, "search?query=third");
            assertThat(found.status()).as(found.error()).isEqualTo(200);
            return found.items().equals(List.of("i3"));
          });
      Answer found = ask(address, "search?query=third");
      assertThat(found.json().at("/name").asText()).isEqualTo("best");
      assertThat(found.json().at("/model").asText()).isEqualTo("subjects");
      assertThat(ask(address, "search?query=kettle").items()).isEmpty();
    }
  }
}
