package io.freshet.source.search;

import java.util.List;
import java.util.Map;

/**
 * Documents, queries and what judges said of them.
 *
 * @param highestGrade of the judges' scale
 */
public record SearchCollection(
    String name, int highestGrade, List<Document> documents, List<Query> queries) {

  public SearchCollection {
    documents = List.copyOf(documents);
    queries = List.copyOf(queries);
  }

  /**
   * @param text what is searched and shown
   * @param attributes beside the text, as an item event carries them
   */
  public record Document(String id, String text, Map<String, Object> attributes) {}

  /**
   * @param grades by document id, of judged documents only; 0 = irrelevant
   */
  public record Query(String id, String text, Map<String, Integer> grades) {}
}
