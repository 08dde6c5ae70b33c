package io.freshet.source.search;

import io.freshet.source.Source;
import io.freshet.source.SourceArgument;
import io.freshet.source.search.SearchCollection.Document;
import io.freshet.source.search.SearchCollection.Query;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * SciFact (Wadden et al. 2020): scientific claims as queries, abstracts as documents; an abstract
 * that was cited for a claim is relevant. Claims without a judgment are left out.
 */
public final class SciFact {

  private static final String CORPUS = "corpus.tsv.xz";

  private SciFact() {}

  public static Source open(SourceArgument argument, long seed) {
    SearchStream stream = SearchStream.of(argument);
    return new SearchSource(read(argument.file(CORPUS)), stream, seed);
  }

  /**
   * Reads the collection.
   *
   * @param corpus the file of abstracts; claims and judgments lie beside it
   */
  public static SearchCollection read(Path corpus) {
    List<Document> documents = new ArrayList<>();
    Table.read(
        corpus,
        Table.TABS,
        List.of("doc_id", "structured", "n_sentences", "title", "abstract"),
        row -> documents.add(new Document(row.get(0), row.get(3) + " " + row.get(4), Map.of())));
    Map<String, Map<String, Integer>> grades = new HashMap<>();
    Table.read(
        corpus.resolveSibling("qrels.tsv.gz"),
        Table.TABS,
        List.of("query_id", "doc_id", "split", "relevance", "evidence_label", "evidence_sentences"),
        row ->
            grades
                .computeIfAbsent(row.get(0), query -> new HashMap<>())
                .put(row.get(1), Integer.parseInt(row.get(3))));
    List<Query> queries = new ArrayList<>();
    Table.read(
        corpus.resolveSibling("queries.tsv.gz"),
        Table.TABS,
        List.of("query_id", "split", "claim"),
        row -> {
          Map<String, Integer> graded = grades.get(row.get(0));
          if (graded != null) {
            queries.add(new Query(row.get(0), row.get(2), graded));
          }
        });
    return new SearchCollection("scifact", 1, documents, queries);
  }
}
