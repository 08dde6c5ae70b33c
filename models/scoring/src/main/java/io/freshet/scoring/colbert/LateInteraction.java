package io.freshet.scoring.colbert;

import io.freshet.scoring.kernel.Kernels;
import io.freshet.scoring.kernel.MaxSim;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.state.ModelState;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A late-interaction model taken apart, for whoever keeps documents' vectors: documents are encoded
 * once a generation, a query meets their vectors, and every match can be explained by its tokens.
 * Reads its state in place, as a {@link io.freshet.scoring.Scorer} does; one thread at a time.
 *
 * <pre>
 * match(query, document) = sum over i of w_i·max over j of q_i·d_j / sum over i of w_i
 * logit                  = scale·match + offset
 * </pre>
 *
 * A query without tokens, and a document without any, match by 0.
 */
public final class LateInteraction {

  /**
   * A query, read.
   *
   * @param vectors [tokens][width]
   * @param weights [tokens] shares of each, of sum 1
   */
  public record Query(float[] vectors, float[] weights) {

    /** The number of its tokens. */
    public int tokens() {
      return weights.length;
    }
  }

  /**
   * What a query's token found.
   *
   * @param queryToken counted from 0
   * @param documentToken counted from 0
   * @param similarity of the two, −1 to 1
   * @param part of the match that it makes
   */
  public record Pair(int queryToken, int documentToken, float similarity, float part) {}

  private final ColbertShape shape;
  private final int width;
  private final TextEncoder queries;
  private final TextEncoder documents;
  private final QueryWeights weights;
  private final TextPass pass;
  private final WordCache words;
  private final MaxSim maxSim;
  private final float[] head;
  private final float[] generation;
  private float[] best = new float[64];
  private int[] where = new int[64];
  private float[] shares = new float[64];
  private int met;

  LateInteraction(ColbertShape shape, ModelState state, Kernels kernels) {
    this.shape = shape;
    this.width = shape.ranking().vector();
    this.queries = new TextEncoder(shape, state, kernels, false);
    this.documents = new TextEncoder(shape, state, kernels, true);
    this.weights = new QueryWeights(shape, state);
    this.pass = new TextPass(shape.ranking());
    this.words = new WordCache(width);
    this.maxSim = new MaxSim(kernels);
    this.head = state.tensor(ColbertShape.HEAD).data();
    this.generation = state.tensor(ColbertShape.GENERATION).data();
  }

  /** Over {@code state}, which it reads in place. */
  public static LateInteraction of(ModelSettings settings, ModelState state) {
    return new LateInteraction(new ColbertShape(settings), state, Kernels.best());
  }

  /** Floats of a vector. */
  public int width() {
    return width;
  }

  /**
   * What the document side's weights are, as a number: document vectors are good for as long as
   * this is what it was when they were made, and for no state of which it is another.
   */
  public long generation() {
    long hash = 0;
    for (int i = 1; i < generation.length; i++) {
      hash = hash << 16 | (long) generation[i];
    }
    return hash;
  }

  /** How many generations of the document side there were. */
  public long generations() {
    return (long) generation[0];
  }

  /**
   * The vectors of a document, [tokens][width].
   *
   * @param tokens as {@link ColbertShape#document} joins them
   */
  public float[] document(long[] tokens) {
    return shape.ranking().context() > 0
        ? encode(tokens)
        : words.vectors(generation(), tokens, this::encode);
  }

  private float[] encode(long[] tokens) {
    documents.encode(tokens, pass);
    return TextEncoder.vectors(pass, width);
  }

  /**
   * A query, ready to meet documents.
   *
   * @param tokens without masks
   */
  public Query query(long[] tokens) {
    long[] filled = shape.query(tokens);
    queries.encode(filled, pass);
    float[] ofToken = new float[pass.count()];
    float sum = weights.write(filled, ofToken);
    for (int i = 0; i < ofToken.length; i++) {
      ofToken[i] /= sum;
    }
    return new Query(TextEncoder.vectors(pass, width), ofToken);
  }

  /** Sets the query that {@link #match} and {@link #pairs} are about. */
  public void meet(Query query) {
    met = query.tokens();
    if (best.length < met) {
      best = new float[met];
      where = new int[met];
    }
    shares = query.weights();
    maxSim.query(query.vectors(), 0, met, width);
  }

  /**
   * How well a document matches the query that was last met.
   *
   * @param vectors the document's from {@code offset} on
   */
  public float match(float[] vectors, int offset, int tokens) {
    maxSim.best(vectors, offset, tokens, best, 0);
    float sum = 0;
    for (int i = 0; i < met; i++) {
      sum = Math.fma(shares[i], best[i], sum);
    }
    return sum;
  }

  /** The logit of a match, before what a model's other features add. */
  public float logit(float match) {
    return Math.fma(head[0], match, head[1]);
  }

  /** Why a document matches the query that was last met, the largest part first. */
  public List<Pair> pairs(float[] vectors, int offset, int tokens) {
    if (tokens == 0) {
      return List.of();
    }
    maxSim.matches(vectors, offset, tokens, best, where, 0);
    float[] found = Arrays.copyOf(best, met);
    return IntStream.range(0, met)
        .mapToObj(i -> new Pair(i, where[i], found[i], shares[i] * found[i]))
        .sorted((a, b) -> Float.compare(b.part(), a.part()))
        .toList();
  }
}
