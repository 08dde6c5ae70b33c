package io.freshet.cli.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.DefaultModels;
import io.freshet.learning.LearnerFamilies;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelsFile;
import io.freshet.source.Source;
import io.freshet.source.Sources;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** What is learnt where nobody says what to learn. */
class DefaultModelsFilesTest {

  @TempDir Path folder;

  /** The smallest data sets that the sources take. */
  @BeforeEach
  void writeDataSets() throws IOException {
    compressed(
        "online_retail.csv.xz",
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
        "1,A,RED MUG,1,2010-12-01 08:26:00,2.55,7,France");
    compressed("movies.dat.xz", "1::A Film (1999)::Drama");
    compressed("ratings.dat.xz", "7::1::8::1362062307");
    compressed(
        "products.tsv.xz",
        "docid\tsupplier\tprice_cents\tdate_released\ttitle\tshort_description\tattributes",
        "1\tAcme\t1999\t2010-01-01\tA laptop\tLight\ttype=Notebook");
    compressed(
        "corpus.tsv.xz", "doc_id\tstructured\tn_sentences\ttitle\tabstract", "1\t0\t1\tT\tA");
    compressed(
        "medquad_qa.tsv.xz",
        "qid\tcollection\tdoc_id\tfocus\tsemantic_group\tqtype\tquestion\tanswer",
        "1\tC\t1\tF\tG\tinformation\tWhat is it?\tThis.");
    compressed("ratings.csv.gz", "query,docid,rating", "laptop,1,3");
    compressed("queries.tsv.gz", "query_id\tsplit\tclaim", "1\ttrain\tA claim");
    compressed(
        "qrels.tsv.gz",
        "query_id\tdoc_id\tsplit\trelevance\tevidence_label\tevidence_sentences",
        "1\t1\ttrain\t1\tNONE\t");
    Files.writeString(
        folder.resolve("events.jsonl"),
        "{\"type\":\"item\",\"itemId\":\"i1\",\"eventTime\":1700000000000}\n");
  }

  private void compressed(String name, String... lines) throws IOException {
    OutputStream file = Files.newOutputStream(folder.resolve(name));
    try (OutputStream out =
        name.endsWith(".gz")
            ? new GZIPOutputStream(file)
            : new XZOutputStream(file, new LZMA2Options(0))) {
      out.write((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Families that only read the texts of queries and items. */
  private static final Set<String> NEEDS_QUERIES = Set.of("colbert");

  private static final Set<String> HAVE_QUERIES =
      Set.of("simulator", "chorus", "scifact", "medquad");

  static List<String> sources() {
    return Sources.usages().stream().map(usage -> usage.split("[\\[:]")[0]).toList();
  }

  private Source open(String name) {
    return switch (name) {
      case "simulator" -> Sources.open(name, 1);
      case "events" -> Sources.open(name + ":" + folder.resolve("events.jsonl"), 1);
      default -> Sources.open(name + ":" + folder, 1);
    };
  }

  @ParameterizedTest
  @MethodSource("sources")
  void everyFamilyLearnsFromTheSameFeaturesAtTheSourcesPace(String name) {
    Source source = open(name);
    assertThat(source.name()).isEqualTo(name);
    ModelsFile file = DefaultModels.read(DefaultModels.text(null, name), source.defaults());

    assertThat(file.models())
        .extracting(ModelSettings::name)
        .startsWith("din", "base", "boosted", "noise")
        .hasSize(HAVE_QUERIES.contains(name) ? 5 : 4);
    assertThat(file.models())
        .extracting(ModelSettings::family)
        .containsExactlyInAnyOrderElementsOf(
            LearnerFamilies.all().stream()
                .map(family -> family.scoring().name())
                .filter(family -> HAVE_QUERIES.contains(name) || !NEEDS_QUERIES.contains(family))
                .toList());
    ModelSettings din = file.models().get(0);
    ModelSettings base = file.models().get(1);
    assertThat(base.features()).isEqualTo(din.features()).isNotEmpty();
    assertThat(base.histories()).isEqualTo(din.histories()).isNotEmpty();
    assertThat(file.models())
        .filteredOn(model -> !NEEDS_QUERIES.contains(model.family()))
        .allSatisfy(
            model -> {
              assertThat(model.features()).isEqualTo(din.features());
              assertThat(model.histories()).isEqualTo(din.histories());
              assertThat(model.batch().spanMs()).isEqualTo(din.batch().spanMs());
            });
    assertThat(List.of(base.network(), base.regularization(), base.optimizer(), base.batch()))
        .isEqualTo(List.of(din.network(), din.regularization(), din.optimizer(), din.batch()));
    assertThat(file.stream().waitMs()).isEqualTo(source.defaults().waitMs());
    assertThat(file.stream().outOfOrdernessMs()).isEqualTo(source.defaults().outOfOrdernessMs());
    assertThat(din.batch().spanMs()).isEqualTo(source.defaults().spanMs());
  }
}
