package io.freshet.cli.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.freshet.cli.WrongUse;
import io.freshet.cli.http.ReaderCounts;
import io.freshet.cli.http.RequestRefused;
import io.freshet.cli.report.GateTotals;
import io.freshet.cli.search.SearchView;
import io.freshet.search.Match;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LivePageTest {

  private static LiveView view() {
    return view(null);
  }

  static LiveView view(@Nullable Long residentBytes) {
    LiveView.Model din =
        new LiveView.Model(
            "din",
            "din",
            1_000L,
            4L,
            0.3,
            0.7,
            1.0,
            0.29,
            0.71,
            null,
            null,
            5L,
            1L,
            5L,
            10L,
            20L,
            4L,
            100L,
            900L,
            250L,
            new GateTotals(30, 2, 0, 4_096),
            new ReaderCounts(0, 1, 2, 3, 4, 5, 6, 7));
    SeriesBuffer series = new SeriesBuffer();
    series.add(new SeriesBuffer.Sample(1, 100, 50, Map.of("din", 0.3), Map.of(), Map.of()));
    return new LiveView(
        "simulator",
        "simulated clicks",
        "learning",
        12.5,
        Map.of("impression", 1_200L, "click", 80L),
        100,
        50,
        3,
        200,
        1_700_000_000_000L,
        45L,
        residentBytes,
        120.0,
        400.0,
        0.5,
        0.9,
        List.of(din),
        List.of(
            new LiveView.Version(
                "din", "1:5", false, 10, 100, "passed", 1_700_000_000_000L, "ab12", true)),
        Map.of("late", 2L),
        List.of(),
        series.series());
  }

  private static SearchView found(String model, String query) {
    if (!model.equals("colbert")) {
      throw new RequestRefused(503, "model %s must have a reader, it has none".formatted(model));
    }
    return new SearchView(
        model,
        "1:5",
        model,
        250L,
        List.of(query),
        1,
        3,
        100,
        20,
        1.5,
        List.of(
            new SearchView.Document(
                "i1", "Kettle", 1.5, 2, 0.9f, List.of(new Match(query, "kettle", 0.9f, 0.9f)))));
  }

  private static HttpResponse<String> get(String url) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void everythingThatThePageAsksForComesFromThisProcess() throws Exception {
    try (LivePage page = LivePage.start("127.0.0.1", 0, LivePageTest::view, LivePageTest::found)) {
      String html = get(page.url()).body();
      Matcher links = Pattern.compile("(?:src|href)=\"([^\"]+)\"").matcher(html);
      int found = 0;
      while (links.find()) {
        String link = links.group(1);
        if (link.startsWith("data:")) {
          continue;
        }
        assertThat(link).doesNotContain("//");
        HttpResponse<String> response = get(page.url() + link);
        assertThat(response.statusCode()).as(link).isEqualTo(200);
        assertThat(response.body()).as(link).isNotBlank().doesNotContain("https://cdn");
        found++;
      }
      assertThat(found).isGreaterThanOrEqualTo(6);
    }
  }

  @Test
  void figuresComeAsJsonAndAsMetricsWithUnits() throws Exception {
    try (LivePage page = LivePage.start("127.0.0.1", 0, LivePageTest::view, LivePageTest::found)) {
      JsonNode json = JsonMapper.builder().build().readTree(get(page.url() + "live.json").body());
      assertThat(json.at("/models/0/recentLogLoss").asDouble()).isEqualTo(0.29);
      assertThat(json.at("/versions/0/verified").asBoolean()).isTrue();
      assertThat(json.at("/residentBytes").isNull()).isTrue();
      assertThat(json.at("/series/logLoss/din/0").asDouble()).isEqualTo(0.3);
      String metrics = get(page.url() + "metrics").body();
      assertThat(metrics)
          .contains("freshet_events_total{type=\"impression\"} 1200.0")
          .contains("freshet_staleness_seconds{family=\"din\",model=\"din\"} 0.25")
          .contains("freshet_late_events_total 2.0")
          .contains("freshet_reader_heals_total{family=\"din\",model=\"din\"} 1.0")
          .contains("freshet_reader_undos_total{family=\"din\",model=\"din\"} 2.0")
          .contains("freshet_reader_scrubs_total{family=\"din\",model=\"din\"} 3.0")
          .contains("freshet_reader_findings_total{family=\"din\",model=\"din\"} 4.0")
          .contains("freshet_reader_foreign_total{family=\"din\",model=\"din\"} 5.0")
          .contains("freshet_reader_stale_refused_total{family=\"din\",model=\"din\"} 6.0")
          .contains("freshet_reader_stale_defaulted_total{family=\"din\",model=\"din\"} 7.0")
          .contains("freshet_gate_passed_total{family=\"din\",model=\"din\"} 30.0")
          .contains("freshet_gate_refused_total{family=\"din\",model=\"din\"} 2.0")
          .contains("freshet_gate_skipped_examples_total{family=\"din\",model=\"din\"} 4096.0")
          .contains("freshet_publication_bytes_total{family=\"din\",model=\"din\"} 400.0")
          .contains("# HELP freshet_checkpoint_duration_seconds ")
          .doesNotContain("freshet_process_resident_bytes 0");
    }
  }

  @Test
  void aSearchIsAnsweredWithWhatMetWhat() throws Exception {
    try (LivePage page = LivePage.start("127.0.0.1", 0, LivePageTest::view, LivePageTest::found)) {
      String search = page.url() + "search.json";
      JsonNode json =
          JsonMapper.builder()
              .build()
              .readTree(get(search + "?model=colbert&q=red%20kettle").body());
      assertThat(json.at("/version").asText()).isEqualTo("1:5");
      assertThat(json.at("/documents/0/title").asText()).isEqualTo("Kettle");
      assertThat(json.at("/documents/0/matches/0/queryWord").asText()).isEqualTo("red kettle");
      assertThat(json.at("/documents/0/matches/0/documentWord").asText()).isEqualTo("kettle");
      assertThat(get(search + "?q=kettle").statusCode()).isEqualTo(400);
      HttpResponse<String> none = get(search + "?model=din&q=kettle");
      assertThat(none.statusCode()).isEqualTo(503);
      assertThat(none.body()).contains("model din must have a reader, it has none");
    }
  }

  @Test
  void aPortInUseIsNamed() {
    try (LivePage page = LivePage.start("127.0.0.1", 0, LivePageTest::view, LivePageTest::found)) {
      assertThatThrownBy(
              () ->
                  LivePage.start("127.0.0.1", page.port(), LivePageTest::view, LivePageTest::found))
          .isInstanceOf(WrongUse.class)
          .hasMessageContaining("--port must be free, got " + page.port());
    }
  }

  @Test
  void aLongRunKeepsItsWholeHistoryInABoundedNumberOfSamples() {
    SeriesBuffer buffer = new SeriesBuffer();
    for (int second = 0; second < 20_000; second++) {
      buffer.add(
          new SeriesBuffer.Sample(
              second, second, 0, second < 10 ? Map.of() : Map.of("din", 0.5), Map.of(), Map.of()));
    }
    LiveView.Series series = buffer.series();
    assertThat(series.seconds()).hasSizeBetween(500, 1_200);
    assertThat(series.seconds().get(0)).isZero();
    assertThat(series.seconds().get(series.seconds().size() - 1)).isGreaterThan(19_900);
    assertThat(series.logLoss()).containsOnlyKeys("din");
    assertThat(series.logLoss().getOrDefault("din", List.of()))
        .hasSameSizeAs(series.seconds())
        .startsWith((Double) null)
        .contains(0.5);
  }
}
