package io.freshet.bench.experiments;

import io.freshet.bench.experiments.SearchTask.Asked;
import io.freshet.learning.Example;
import io.freshet.learning.Learner;
import io.freshet.learning.colbert.ColbertLearning;
import io.freshet.scoring.Scorer;
import io.freshet.scoring.colbert.ColbertScoring;
import io.freshet.scoring.colbert.LateInteraction;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureEncoder;
import io.freshet.scoring.feature.Instance;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelsFileReader;
import io.freshet.scoring.settings.SettingsDefaults;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A model of family {@code colbert} and the documents of a task. It has counted the words of all
 * documents, as it would have by the time that all were shown, and learnt nothing yet.
 */
final class LateRanker implements AutoCloseable {

  private static final long TIME = 1_000;
  private static final int BATCH = 256;

  /**
   * @param documentWords that count of a document
   * @param remembers whether every pair of a query and a document has a weight of its own, which
   *     with the position's adds to the logit
   * @param ranking settings as in a models file, in braces
   * @param optimizer settings as in a models file, in braces
   */
  record Plan(int documentWords, boolean remembers, String ranking, String optimizer) {

    private static final String MEMORY =
        """
              - {name: pair, from: [query.text, item.id], as: cross}
              - {name: position, from: position, as: bias}
        """;

    ModelSettings settings(long seed) {
      String model =
          """
          models:
            colbert:
              family: colbert
              seed: %d
              ranking: %s
              optimizer: %s
              features:
                - {name: query, from: query.text, as: tokens, length: 64}
                - {name: text, from: item.text, as: tokens, length: %d}
          """
              .formatted(seed, ranking, optimizer, documentWords);
      String all = remembers ? model + MEMORY : model;
      return new ModelsFileReader(
              Map.of("colbert", new ColbertLearning().engines()), SettingsDefaults.LIVE)
          .read(all)
          .models()
          .get(0);
    }
  }

  private static final int BATCH_PAGES = 16;

  private record Slot(int query, int candidate) {}

  private final ModelSettings settings;
  private final FeatureEncoder encoder;
  private final EncodedExample[] documents;
  private final Learner learner;
  private long time = TIME;

  LateRanker(Plan plan, List<String> texts, long seed) {
    settings = plan.settings(seed);
    encoder = new FeatureEncoder(settings);
    learner = new ColbertLearning().create(settings);
    documents = new EncodedExample[texts.size()];
    List<Example> batch = new ArrayList<>();
    for (int i = 0; i < documents.length; i++) {
      documents[i] = encoder.encode(instance(Map.of("text", texts.get(i)), ""));
      batch.add(new Example(i, documents[i], new float[0], 0, 0, 0, Example.Kind.NEGATIVE, TIME));
      if (batch.size() == BATCH || i == documents.length - 1) {
        learner.train(batch);
        batch.clear();
      }
    }
  }

  private static Instance instance(Map<String, Object> item, String query) {
    return new Instance("", item, null, Map.of(), 1, TIME, Map.of(), query);
  }

  /** A document for a query, with what was read of its text before. */
  private EncodedExample features(Asked asked, int candidate, int position) {
    int document = asked.candidates()[candidate];
    EncodedExample rest =
        encoder.encode(
            new Instance(
                "d" + document, Map.of(), null, Map.of(), position, time, Map.of(), asked.text()));
    return new EncodedExample(
        rest.ids(),
        rest.bags(),
        rest.crosses(),
        rest.biases(),
        rest.numbers(),
        rest.counterIds(),
        rest.histories(),
        time,
        new long[][] {rest.tokens()[0], documents[document].tokens()[1]});
  }

  /**
   * Learns what pages of these queries showed and what was clicked there, {@value #BATCH_PAGES}
   * pages a batch and a round; the document side moves on as the settings say.
   */
  void learn(List<Asked> queries, List<SimulatedPages.Result> pages) {
    List<Example> batch = new ArrayList<>();
    for (int p = 0; p < pages.size(); p++) {
      SimulatedPages.Result page = pages.get(p);
      Asked asked = queries.get(page.query());
      for (int k = 0; k < page.shown().length; k++) {
        batch.add(example(asked, page, k));
      }
      time++;
      if (p % BATCH_PAGES == BATCH_PAGES - 1 || p == pages.size() - 1) {
        if (!batch.isEmpty()) {
          learner.train(batch);
        }
        batch.clear();
        learner.endRound(time);
      }
    }
  }

  private Example example(Asked asked, SimulatedPages.Result page, int k) {
    boolean clicked = page.clicked()[k];
    return new Example(
        time * SimulatedPages.SIZE + k,
        features(asked, page.shown()[k], k + 1),
        new float[0],
        0,
        clicked ? 1 : 0,
        1,
        clicked ? Example.Kind.POSITIVE : Example.Kind.NEGATIVE,
        time,
        time,
        k + 1,
        (float) page.looked()[k]);
  }

  /**
   * How well each candidate of each query matches. Every document is encoded once, meets all
   * queries that want it, and is let go.
   */
  double[][] matches(List<Asked> queries) {
    LateInteraction texts = LateInteraction.of(settings, learner.servingState());
    Map<Integer, List<Slot>> wanted = new TreeMap<>();
    List<LateInteraction.Query> read = new ArrayList<>();
    double[][] matches = new double[queries.size()][];
    for (int q = 0; q < matches.length; q++) {
      long[] tokens = encoder.encode(instance(Map.of(), queries.get(q).text())).tokens()[0];
      read.add(texts.query(tokens));
      int[] candidates = queries.get(q).candidates();
      matches[q] = new double[candidates.length];
      for (int c = 0; c < candidates.length; c++) {
        wanted.computeIfAbsent(candidates[c], document -> new ArrayList<>()).add(new Slot(q, c));
      }
    }
    wanted.forEach(
        (document, slots) -> {
          float[] vectors = texts.document(documents[document].tokens()[1]);
          for (Slot slot : slots) {
            texts.meet(read.get(slot.query()));
            matches[slot.query()][slot.candidate()] =
                texts.match(vectors, 0, vectors.length / texts.width());
          }
        });
    return matches;
  }

  /** The logit of each candidate of each query: what is remembered of the pair included. */
  double[][] logits(List<Asked> queries) {
    Scorer scorer = new ColbertScoring().scorer(settings, learner.servingState());
    double[][] logits = new double[queries.size()][];
    for (int q = 0; q < logits.length; q++) {
      Asked asked = queries.get(q);
      EncodedExample[] candidates = new EncodedExample[asked.candidates().length];
      Arrays.setAll(candidates, c -> features(asked, c, 1));
      float[] out = new float[candidates.length];
      scorer.logits(candidates, out);
      logits[q] = new double[out.length];
      Arrays.setAll(logits[q], c -> out[c]);
    }
    return logits;
  }

  /** What the learner says of itself. */
  Map<String, Double> metrics() {
    return learner.metrics();
  }

  @Override
  public void close() {
    learner.close();
  }
}
