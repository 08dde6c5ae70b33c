package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.freshet.cli.http.RequestRefused;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.search.PageSearch;
import io.freshet.cli.search.SearchView;
import io.freshet.serving.Isolation;
import io.freshet.serving.ModelReader;
import io.freshet.serving.ReaderOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Over an untrained model, another one that cannot search, and a catalogue of three. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SearchCommandTest {

  private final Path directory;
  private final ShopToSearch shop;
  private final Shell shell;

  SearchCommandTest(@TempDir Path directory) {
    this.directory = directory;
    shop = new ShopToSearch(directory);
    shell = new Shell("--brokers", shop.brokers());
  }

  @BeforeAll
  void publish() throws Exception {
    for (String prefix : List.of("", "empty.")) {
      shop.createTopics(prefix);
      shop.publish(prefix, "colbert");
    }
    shop.publish("", "quick");
    shop.fill("");
  }

  @AfterAll
  void stop() {
    shop.close();
  }

  private Path file(String name, String content) throws Exception {
    return Files.writeString(directory.resolve(name), content);
  }

  @Test
  void everyDocumentSaysWhichOfItsWordsMetWhichOfTheQuerys() {
    assertThat(shell.run("score", "colbert", "--query", "wireless Headphones"))
        .as(shell.noted())
        .isZero();
    assertThat(shell.noted())
        .contains("colbert version 1:1")
        .contains("3 documents searched for 2 words, 2 candidates ordered by 1:1 (generation 1");
    assertThat(shell.lines()).hasSize(4);
    assertThat(shell.lines().get(0)).contains("  1  i1 ").contains("Wireless headphones. Black");
    assertThat(shell.lines().get(1)).contains("wireless ~ wireless 1.00");
    assertThat(shell.lines().get(2)).contains("  2  i2 ");
    assertThat(shell.lines().get(3)).contains("headphones ~ headphones 1.00");

    assertThat(
            shell.run("score", "colbert", "--query", "headphones", "--top", "1", "--weight", "0"))
        .isZero();
    assertThat(shell.lines()).hasSize(2);
    assertThat(shell.run("score", "colbert", "--query", "samovar")).isZero();
    assertThat(shell.lines()).isEmpty();
    assertThat(shell.noted()).contains("no document shares a word with the query");
    assertThat(shell.run("score", "colbert", "--query", "kettle ".repeat(10_000))).isZero();
    assertThat(shell.noted()).contains("has 10,000 words; the first 8 are searched for");
  }

  @Test
  void queriesGiveATrecRun() throws Exception {
    String queries =
        file(
                "q.tsv",
                "queryId\ttext\tlang\nq1\twireless headphones\ten\nq2\t\ten\nq3\tkettle\ten\n")
            .toString();
    Path run = directory.resolve("run.txt");
    assertThat(shell.run("score", "colbert", "--queries", queries, "--run", run.toString()))
        .as(shell.noted())
        .isZero();
    assertThat(shell.lines()).isEmpty();
    assertThat(shell.noted()).contains("3 queries, 3 documents found; 1 queries share no word");
    assertThat(Files.readAllLines(run))
        .satisfiesExactly(
            line -> assertThat(line).matches("q1 Q0 i1 1 \\d+\\.\\d{6} colbert"),
            line -> assertThat(line).matches("q1 Q0 i2 2 -\\d+\\.\\d{6} colbert"),
            line -> assertThat(line).matches("q3 Q0 i3 1 0\\.000000 colbert"));
    List<String> written = Files.readAllLines(run);
    assertThat(shell.run("score", "colbert", "--queries", queries)).isZero();
    assertThat(shell.lines()).isEqualTo(written);
  }

  @Test
  void aPageSearchesByTheReadersOfItsProcess() {
    KafkaAccess access = shop.access("");
    try (ModelReader colbert = reader(access, "colbert");
        ModelReader quick = reader(access, "quick");
        PageSearch search =
            new PageSearch(
                access,
                name -> name.equals("colbert") ? colbert : name.equals("quick") ? quick : null,
                found -> 7,
                () -> 0)) {
      SearchView view = search.search("colbert", "wireless headphones");
      assertThat(view.version()).isEqualTo("1:1");
      assertThat(view.stalenessMs()).isEqualTo(7);
      assertThat(view.documents())
          .extracting(SearchView.Document::item)
          .containsExactly("i1", "i2");
      assertThat(view.documents().get(0).title()).isEqualTo("Wireless headphones. Black");
      assertThat(search.search("colbert", "").documents()).isEmpty();
      assertThatExceptionOfType(RequestRefused.class)
          .isThrownBy(() -> search.search("nobody", "kettle"))
          .withMessage("model nobody must have a reader, it has none");
      assertThatExceptionOfType(RequestRefused.class)
          .isThrownBy(() -> search.search("quick", "kettle"))
          .withMessageContaining("quick is of family boosted-mlp");
      search.close();
      assertThatExceptionOfType(RequestRefused.class)
          .isThrownBy(() -> search.search("colbert", "kettle"));
    }
  }

  private static ModelReader reader(KafkaAccess access, String model) {
    ModelReader reader =
        ModelReader.open(
            ReaderOptions.of(access.client(), model, Isolation.SPECULATIVE).withFeatures(0, 0));
    reader.awaitFirst(Duration.ofSeconds(30));
    return reader;
  }

  @Test
  void whatCannotBeSearchedIsRefusedInOneLine() throws Exception {
    assertThat(shell.run("score", "quick", "--query", "kettle")).isEqualTo(2);
    assertThat(shell.noted().lines().reduce("", (a, b) -> b))
        .isEqualTo(
            "freshet: --query and --queries: a model that searches must be of family colbert, quick is of family boosted-mlp");
    assertThat(shell.run("score", "colbert", "--query", "kettle", "--prefix", "empty."))
        .isEqualTo(1);
    assertThat(shell.noted())
        .contains(
            "empty.catalog.items must hold items with words in [text] to search, it holds none");
    assertThat(shell.run("score", "colbert", "--query", " ?! ")).isEqualTo(2);
    assertThat(shell.noted()).isEqualTo("freshet: --query must hold a word, got \" ?! \"\n");
  }

  @Test
  void optionsAndFilesAreCheckedBeforeKafkaIsAsked() throws Exception {
    String[][] wrong = {
      {"--query", "a", "--items", "b"},
      {"--query", "a", "--user", "u"},
      {"--query", "a", "--run", "r.txt"},
      {"--query", "a", "--top", "0"},
      {"--query", "a", "--top", "101"},
      {"--query", "a", "--weight", "-1"},
      {"--query", "a", "--weight", "NaN"},
      {"--query", "a", "--b", "2"},
      {"--items", "a", "--top", "3"},
      {"--queries", file("none.tsv", "").toString()},
      {"--queries", file("header.tsv", "queryId\ttext\n").toString()},
      {"--queries", file("other.tsv", "q1\tkettle\n").toString()},
      {"--queries", file("blank.tsv", "queryId\ttext\nq 1\tkettle\n").toString()},
      {"--queries", file("short.tsv", "queryId\ttext\nq1\n").toString()},
      {"--queries", directory.resolve("absent.tsv").toString()},
    };
    for (String[] options : wrong) {
      List<String> args = new ArrayList<>(List.of("score", "nobody"));
      args.addAll(List.of(options));
      assertThat(shell.run(args.toArray(String[]::new))).as(args.toString()).isEqualTo(2);
      assertThat(shell.noted().lines()).as(args.toString()).hasSize(1);
    }
  }
}
