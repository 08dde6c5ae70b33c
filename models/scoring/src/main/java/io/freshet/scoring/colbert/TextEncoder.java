package io.freshet.scoring.colbert;

import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.feature.Tokens;
import io.freshet.scoring.kernel.Kernels;
import io.freshet.scoring.settings.RankingSettings;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import java.util.Arrays;

/**
 * Turns the tokens of one text into vectors of length 1, by the weights of one side. With h(id) a
 * vector of ±1/√d that follows from the id, and e(id) its row if it has one,
 *
 * <pre>
 * v(id)     = h(id) + e(id)/√d
 * x(token)  = v(word) + sum of v(n-gram) / √(number of n-grams)
 * x1        = x + softmax(Q(x)·K(x)/√d + near)·V(x)·O      where there is an encoder
 * x2        = x1 + relu(x1·W1 + b1)·W2 + b2                where there is one
 * vector    = y/|y|, y the projection of x, or of x2
 * </pre>
 *
 * A word that was never learnt thus matches itself, and words of like spelling a little. The same
 * class runs where models learn and where they score. Reads its state in place; stateless itself.
 */
public final class TextEncoder {

  /** A vector shorter than this, which only chance gives, is not stretched to length 1. */
  private static final float SHORTEST = 1e-6f;

  private final RankingSettings ranking;
  private final ModelState state;
  private final Kernels kernels;
  private final boolean document;
  private final RowTable words;
  private final String prefix;
  private final long seed;
  private final float unit;
  private final int d;
  private final int k;
  private final float[] none;
  private float[] turned = {};

  /**
   * @param document whether by the document side's weights
   */
  public TextEncoder(ColbertShape shape, ModelState state, Kernels kernels, boolean document) {
    this.ranking = shape.ranking();
    this.state = state;
    this.kernels = kernels;
    this.document = document;
    this.prefix = document ? ColbertShape.DOCUMENTS : "";
    this.words = state.table(prefix + ColbertShape.WORDS);
    this.seed = shape.settings().seed();
    this.d = ranking.width();
    this.k = ranking.vector();
    this.unit = (float) (1 / Math.sqrt(d));
    int widest = Math.max(Math.max(d, ranking.context()), ranking.projection().scale() * d);
    this.none = new float[widest + Kernels.LANES];
  }

  /** Reads a text; the pass then holds its vectors. */
  public void encode(long[] tokens, TextPass pass) {
    boolean marked = ranking.context() > 0;
    pass.begin(Tokens.count(tokens), marked);
    if (marked) {
      add(ColbertShape.marker(document), 1, pass.x, 0);
    }
    embed(tokens, pass);
    if (marked) {
      mix(pass);
    }
    project(pass);
    normalise(pass);
  }

  private void embed(long[] tokens, TextPass pass) {
    int row = pass.first();
    for (int from = 0; from < tokens.length; row++) {
      int to = from + 1;
      while (tokens[to] != Ids.SHARED) {
        to++;
      }
      add(tokens[from], 1, pass.x, row * d);
      float share = to - from > 1 ? share(to - from - 1) : 0;
      for (int i = from + 1; i < to; i++) {
        add(tokens[i], share, pass.x, row * d);
      }
      from = to + 1;
    }
  }

  /** What one of {@code ngrams} n-grams counts. */
  public static float share(int ngrams) {
    return (float) (1 / Math.sqrt(ngrams));
  }

  private void add(long id, float share, float[] x, int at) {
    HashedSigns.addTo(HashedSigns.key(seed, id), share * unit, x, at, d);
    int row = words.find(id);
    if (row >= 0) {
      float[] values = words.values(row);
      int offset = words.valueOffset(row);
      float factor = share * unit;
      for (int i = 0; i < d; i++) {
        x[at + i] = Math.fma(factor, values[offset + i], x[at + i]);
      }
    }
  }

  private void mix(TextPass pass) {
    int n = pass.rows();
    int hidden = ranking.context();
    affine(n, d, d, pass.x, ContextSpecs.QUERY, none, pass.q);
    affine(n, d, d, pass.x, ContextSpecs.KEY, none, pass.k);
    affine(n, d, d, pass.x, ContextSpecs.VALUE, none, pass.v);
    float[] keys = turn(pass.k, n, d);
    kernels.affine(n, d, n, pass.q, 0, d, keys, 0, n, wide(n), 0, pass.attention, 0, n);
    float[] near = tensor(ContextSpecs.NEAR);
    for (int t = 0; t < n; t++) {
      for (int u = 0; u < n; u++) {
        int at = t * n + u;
        pass.attention[at] = Math.fma(pass.attention[at], unit, near[distance(t, u)]);
      }
      kernels.softmax(pass.attention, t * n, n);
    }
    kernels.affine(n, n, d, pass.attention, 0, n, pass.v, 0, d, none, 0, pass.mixed, 0, d);
    affine(n, d, d, pass.mixed, ContextSpecs.OUT, none, pass.x1);
    addTo(pass.x1, pass.x, n * d);
    affine(n, d, hidden, pass.x1, ContextSpecs.W1, tensor(ContextSpecs.B1), pass.hiddenInput);
    for (int i = 0; i < n * hidden; i++) {
      pass.hidden[i] = Math.max(pass.hiddenInput[i], 0f);
    }
    affine(n, hidden, d, pass.hidden, ContextSpecs.W2, tensor(ContextSpecs.B2), pass.x2);
    addTo(pass.x2, pass.x1, n * d);
  }

  /** The entry of {@code context.near} for two tokens. */
  public static int distance(int t, int u) {
    return ColbertShape.FAR + Math.max(-ColbertShape.FAR, Math.min(ColbertShape.FAR, u - t));
  }

  private void project(TextPass pass) {
    int n = pass.rows();
    float[] x = pass.projected();
    RankingSettings.Projection projection = ranking.projection();
    int m = projection.scale() * d;
    Bends bend = Bends.of(projection.activation());
    switch (projection.shape()) {
      case LINEAR -> affine(n, d, k, x, ProjectionSpecs.W, none, pass.y);
      case FEEDFORWARD -> {
        affine(n, d, m, x, ProjectionSpecs.W1, none, pass.p1);
        for (int i = 0; i < n * m; i++) {
          pass.p[i] = bend.at(pass.p1[i]);
        }
        affine(n, m, k, pass.p, ProjectionSpecs.W2, none, pass.y);
      }
      case GLU -> {
        affine(n, d, m, x, ProjectionSpecs.W1, tensor(ProjectionSpecs.B1), pass.p1);
        affine(n, d, m, x, ProjectionSpecs.W2, none, pass.p2);
        for (int i = 0; i < n * m; i++) {
          pass.p[i] = bend.at(pass.p1[i]) * pass.p2[i];
        }
        affine(n, m, k, pass.p, ProjectionSpecs.W3, none, pass.y);
      }
    }
    if (projection.residual() && projection.shape() != RankingSettings.Shape.LINEAR) {
      affine(n, d, k, x, ProjectionSpecs.RESIDUAL, none, pass.vectors);
      addTo(pass.y, pass.vectors, n * k);
    }
  }

  private void normalise(TextPass pass) {
    for (int row = 0; row < pass.rows(); row++) {
      int at = row * k;
      float squares = 0;
      for (int i = 0; i < k; i++) {
        squares = Math.fma(pass.y[at + i], pass.y[at + i], squares);
      }
      pass.norms[row] = (float) Math.sqrt(squares);
      float factor = 1 / Math.max(pass.norms[row], SHORTEST);
      for (int i = 0; i < k; i++) {
        pass.vectors[at + i] = pass.y[at + i] * factor;
      }
    }
  }

  private float[] tensor(String name) {
    return state.tensor(prefix + name).data();
  }

  private void affine(
      int rows, int inner, int columns, float[] a, String weight, float[] bias, float[] c) {
    kernels.affine(
        rows, inner, columns, a, 0, inner, tensor(weight), 0, columns, bias, 0, c, 0, columns);
  }

  private float[] wide(int columns) {
    return columns <= none.length ? none : new float[columns];
  }

  private float[] turn(float[] a, int rows, int columns) {
    if (turned.length < rows * columns) {
      turned = new float[rows * columns];
    }
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        turned[c * rows + r] = a[r * columns + c];
      }
    }
    return turned;
  }

  private static void addTo(float[] sum, float[] addend, int count) {
    for (int i = 0; i < count; i++) {
      sum[i] += addend[i];
    }
  }

  /** Copies the vectors of a pass, without a marker's. */
  static float[] vectors(TextPass pass, int width) {
    return Arrays.copyOfRange(pass.vectors, pass.first() * width, pass.rows() * width);
  }
}
