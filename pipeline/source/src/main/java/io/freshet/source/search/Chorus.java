package io.freshet.source.search;

import io.freshet.source.Source;
import io.freshet.source.SourceArgument;
import io.freshet.source.search.SearchCollection.Document;
import io.freshet.source.search.SearchCollection.Query;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Chorus (the Chorus project; judgments by Supahands, product texts by Open Icecat): queries of an
 * electronics shop and products graded 0 to 3 for them.
 */
public final class Chorus {

  private static final String RATINGS = "ratings.csv.gz";
  private static final String PRODUCTS = "products.tsv.xz";

  private Chorus() {}

  public static Source open(SourceArgument argument, long seed) {
    SearchStream stream = SearchStream.of(argument);
    return new SearchSource(read(argument.file(RATINGS).resolveSibling(PRODUCTS)), stream, seed);
  }

  /**
   * Reads the collection.
   *
   * @param products the file of products; the ratings lie beside it
   */
  public static SearchCollection read(Path products) {
    List<Document> documents = new ArrayList<>();
    Table.read(
        products,
        Table.TABS,
        List.of(
            "docid",
            "supplier",
            "price_cents",
            "date_released",
            "title",
            "short_description",
            "attributes"),
        row -> {
          Map<String, Object> attributes = new HashMap<>();
          if (!row.get(1).isBlank()) {
            attributes.put("brand", row.get(1));
          }
          if (!row.get(2).isBlank()) {
            attributes.put("price", Double.parseDouble(row.get(2)) / 100);
          }
          for (String attribute : row.get(6).split("; ")) {
            if (attribute.startsWith("type=")) {
              attributes.put("category", attribute.substring("type=".length()));
            }
          }
          documents.add(
              new Document(row.get(0), (row.get(4) + ". " + row.get(5)).strip(), attributes));
        });
    Map<String, Map<String, Integer>> grades = new LinkedHashMap<>();
    Table.read(
        products.resolveSibling(RATINGS),
        Table.COMMAS,
        List.of("query", "docid", "rating"),
        row ->
            grades
                .computeIfAbsent(row.get(0), query -> new HashMap<>())
                .put(row.get(1), Integer.parseInt(row.get(2))));
    List<Query> queries = new ArrayList<>();
    grades.forEach((text, graded) -> queries.add(new Query(text, text, graded)));
    return new SearchCollection("chorus", 3, documents, queries);
  }
}
