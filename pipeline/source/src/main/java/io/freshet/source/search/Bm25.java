package io.freshet.source.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * The stated ranker of the streams: BM25 over words (Robertson, Walker 1994; k1 = 1.2 and b = 0.75
 * where nothing else is said, idf = ln(1 + (n - df + 0.5) / (df + 0.5))), terms in the order of
 * their spelling, ties by the document's place in the collection. Words are runs of letters and
 * digits in lower case; those in more than half of the documents are left out.
 */
public final class Bm25 {

  private static final double K1 = 1.2;
  private static final double B = 0.75;

  private record Postings(int[] documents, int[] counts) {}

  private final Map<String, Postings> terms;
  private final int[] lengths;
  private final double[] norms;
  private final double k1;

  public Bm25(List<String> texts) {
    this(postings(texts), lengths(texts), K1, B);
  }

  private Bm25(Map<String, Postings> terms, int[] lengths, double k1, double b) {
    this.terms = terms;
    this.lengths = lengths;
    this.k1 = k1;
    long total = 0;
    for (int length : lengths) {
      total += length;
    }
    double mean = Math.max(1, (double) total / Math.max(1, lengths.length));
    norms = new double[lengths.length];
    for (int document = 0; document < norms.length; document++) {
      norms[document] = k1 * (1 - b + b * lengths[document] / mean);
    }
  }

  /**
   * The same documents under other constants.
   *
   * @param newK1 the larger, the longer another occurrence of a word counts
   * @param newB how much a document's length is held against it, 0 to 1
   */
  public Bm25 with(double newK1, double newB) {
    return new Bm25(terms, lengths, newK1, newB);
  }

  private static int[] lengths(List<String> texts) {
    return texts.stream().mapToInt(text -> words(text).size()).toArray();
  }

  private static Map<String, Postings> postings(List<String> texts) {
    Map<String, List<int[]>> found = new HashMap<>();
    for (int document = 0; document < texts.size(); document++) {
      Map<String, Integer> counts = new HashMap<>();
      for (String word : words(texts.get(document))) {
        counts.merge(word, 1, Integer::sum);
      }
      for (Map.Entry<String, Integer> term : counts.entrySet()) {
        found
            .computeIfAbsent(term.getKey(), t -> new ArrayList<>())
            .add(new int[] {document, term.getValue()});
      }
    }
    Map<String, Postings> terms = new HashMap<>();
    found.forEach(
        (term, pairs) -> {
          if (2 * pairs.size() <= texts.size() || texts.size() < 10) {
            terms.put(
                term,
                new Postings(
                    pairs.stream().mapToInt(pair -> pair[0]).toArray(),
                    pairs.stream().mapToInt(pair -> pair[1]).toArray()));
          }
        });
    return terms;
  }

  /** The score of every document; 0 = shares no word with the query. */
  public double[] scores(String query) {
    double[] scores = new double[norms.length];
    for (String term : new TreeSet<>(words(query))) {
      Postings postings = terms.get(term);
      if (postings == null) {
        continue;
      }
      int df = postings.documents.length;
      double idf = StrictMath.log(1 + (norms.length - df + 0.5) / (df + 0.5));
      for (int i = 0; i < df; i++) {
        int document = postings.documents[i];
        int count = postings.counts[i];
        scores[document] += idf * count * (k1 + 1) / (count + norms[document]);
      }
    }
    return scores;
  }

  /** The documents that share a word with the query, best first, at most {@code size}. */
  public int[] top(String query, int size) {
    return top(scores(query), size);
  }

  /** The documents of positive score, best first, at most {@code size}. */
  public static int[] top(double[] scores, int size) {
    int[] best = new int[size];
    int found = 0;
    for (int document = 0; document < scores.length; document++) {
      double score = scores[document];
      if (score > 0 && (found < size || score > scores[best[found - 1]])) {
        int at = found < size ? found++ : found - 1;
        while (at > 0 && scores[best[at - 1]] < score) {
          best[at] = best[at - 1];
          at--;
        }
        best[at] = document;
      }
    }
    return Arrays.copyOf(best, found);
  }

  static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    String lower = text.toLowerCase(Locale.ROOT);
    for (int i = 0; i <= lower.length(); i++) {
      if (i < lower.length() && Character.isLetterOrDigit(lower.charAt(i))) {
        word.append(lower.charAt(i));
      } else if (!word.isEmpty()) {
        words.add(word.toString());
        word.setLength(0);
      }
    }
    return words;
  }
}
