package io.freshet.source.search;

import io.freshet.source.Source;
import io.freshet.source.SourceArgument;
import io.freshet.source.search.SearchCollection.Document;
import io.freshet.source.search.SearchCollection.Query;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * MedQuAD (Ben Abacha, Demner-Fushman 2019): medical questions as queries, answers as documents; a
 * question's own answer is the one known to be relevant.
 */
public final class MedQuad {

  private static final String PAIRS = "medquad_qa.tsv.xz";

  private MedQuad() {}

  public static Source open(SourceArgument argument, long seed) {
    SearchStream stream = SearchStream.of(argument);
    return new SearchSource(read(argument.file(PAIRS)), stream, seed);
  }

  /** Reads the collection from the file of pairs. */
  public static SearchCollection read(Path pairs) {
    List<Document> documents = new ArrayList<>();
    List<Query> queries = new ArrayList<>();
    Table.read(
        pairs,
        Table.TABS,
        List.of(
            "qid",
            "collection",
            "doc_id",
            "focus",
            "semantic_group",
            "qtype",
            "question",
            "answer"),
        row -> {
          documents.add(new Document(row.get(0), row.get(7), Map.of("category", row.get(1))));
          queries.add(new Query(row.get(0), row.get(6), Map.of(row.get(0), 1)));
        });
    return new SearchCollection("medquad", 1, documents, queries);
  }
}
