package io.freshet.learning.colbert;

import io.freshet.learning.Example;
import io.freshet.scoring.colbert.ColbertShape;
import io.freshet.scoring.feature.Ids;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongToDoubleFunction;
import java.util.function.ToDoubleFunction;

/**
 * A batch as late interaction reads it.
 *
 * @param queries distinct texts
 * @param documents distinct texts
 * @param query [examples] number of each one's query
 * @param document [examples] number of each one's document
 * @param lists the examples of each query that was asked, in the order of the batch; those that
 *     answer no query are in none
 * @param clickWeights [examples] what a click counts against position bias; 1 without a click
 * @param shares [documents] of all documents shown so far; 0 = new
 */
record RankedBatch(
    List<Example> examples,
    Texts queries,
    Texts documents,
    int[] query,
    int[] document,
    List<int[]> lists,
    float[] clickWeights,
    float[] shares) {

  /**
   * @param clickWeight one over the probability that an example was looked at
   * @param shareOfShown of a document among all that are shown
   */
  static RankedBatch of(
      ColbertShape shape,
      List<Example> examples,
      ToDoubleFunction<Example> clickWeight,
      LongToDoubleFunction shareOfShown) {
    Texts queries = new Texts();
    Texts documents = new Texts();
    int[] query = new int[examples.size()];
    int[] document = new int[examples.size()];
    float[] clickWeights = new float[examples.size()];
    Map<Long, List<Integer>> groups = new LinkedHashMap<>();
    for (int e = 0; e < query.length; e++) {
      Example example = examples.get(e);
      query[e] = queries.add(shape.query(example.features()));
      document[e] = documents.add(shape.document(example.features()));
      clickWeights[e] = example.label() > 0 ? (float) clickWeight.applyAsDouble(example) : 1;
      if (example.group() != 0) {
        groups.computeIfAbsent(example.group(), group -> new ArrayList<>()).add(e);
      }
    }
    float[] shares = new float[documents.size()];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = (float) shareOfShown.applyAsDouble(id(documents.get(i)));
    }
    List<int[]> lists =
        groups.values().stream()
            .map(list -> list.stream().mapToInt(Integer::intValue).toArray())
            .toList();
    return new RankedBatch(
        examples, queries, documents, query, document, lists, clickWeights, shares);
  }

  /** The id of a document's text. */
  static long id(long[] tokens) {
    return tokens.length == 0 ? Ids.MISSING : Ids.cross(tokens);
  }

  int size() {
    return examples.size();
  }
}
