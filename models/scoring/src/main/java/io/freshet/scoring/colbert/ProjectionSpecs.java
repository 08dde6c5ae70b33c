package io.freshet.scoring.colbert;

import static io.freshet.scoring.colbert.ContextSpecs.spec;

import io.freshet.scoring.ctr.InitialValues;
import io.freshet.scoring.ctr.TensorSpec;
import io.freshet.scoring.settings.RankingSettings;
import io.freshet.scoring.settings.RankingSettings.Bend;
import io.freshet.scoring.settings.RankingSettings.Projection;
import java.util.ArrayList;
import java.util.List;

/**
 * The tensors of the projection variants (arXiv 2510.12327), d inputs, m = scale·d hidden units, k
 * outputs:
 *
 * <pre>
 * linear       y = x·W
 * feedforward  y = act(x·W1)·W2                    [+ x·R]
 * glu          y = (act(x·W1 + b1) ∘ x·W2)·W3      [+ x·R]
 * </pre>
 *
 * All start as y = the first k entries of x. Hashed embeddings being random signs, that is as good
 * an orthogonal map as any. With a residual, R is that and the last matrix starts as zeros. Without
 * one, act(x) − act(−x) = x for ReLU, GELU and SiLU gives it with two hidden units an input; a gate
 * is held open by its bias. Only two starts are near it and not it: sigmoid, and one hidden unit an
 * input where the activation bends.
 */
final class ProjectionSpecs {

  static final String W = "projection.W";
  static final String W1 = "projection.W1";
  static final String B1 = "projection.b1";
  static final String W2 = "projection.W2";
  static final String W3 = "projection.W3";
  static final String RESIDUAL = "projection.R";

  private static final long SIGNS = 0x5DEECE66DL;

  private final int d;
  private final int m;
  private final int k;

  private ProjectionSpecs(RankingSettings ranking) {
    d = ranking.width();
    m = ranking.projection().scale() * d;
    k = ranking.vector();
  }

  static List<TensorSpec> of(RankingSettings ranking) {
    return new ProjectionSpecs(ranking).specs(ranking.projection());
  }

  private List<TensorSpec> specs(Projection projection) {
    boolean residual = projection.residual();
    List<TensorSpec> specs = new ArrayList<>();
    switch (projection.shape()) {
      case LINEAR -> specs.add(spec(W, listed(diagonal(d, k, 0, 0, 1)), d, k));
      case FEEDFORWARD -> {
        specs.add(spec(W1, listed(residual ? signs(0) : deeper(projection.activation())), d, m));
        specs.add(spec(W2, listed(residual ? new float[m * k] : last(projection)), m, k));
      }
      case GLU -> {
        float open = residual ? 0 : 1;
        float gate = Bends.of(projection.activation()).at(open);
        float[] inner = residual ? signs(0) : with(signs(d), diagonal(d, m, 0, 0, 1));
        float[] outer = residual ? new float[m * k] : diagonal(m, k, 0, 0, 1 / gate);
        specs.add(spec(W1, listed(residual ? signs(0) : new float[d * m]), d, m));
        specs.add(spec(B1, new InitialValues.Constant(open), m));
        specs.add(spec(W2, listed(inner), d, m));
        specs.add(spec(W3, listed(outer), m, k));
      }
    }
    if (residual && projection.shape() != RankingSettings.Shape.LINEAR) {
      specs.add(spec(RESIDUAL, listed(diagonal(d, k, 0, 0, 1)), d, k));
    }
    return specs;
  }

  private float[] deeper(Bend activation) {
    boolean mirrored = mirrored(activation);
    float[] first = with(signs(mirrored ? 2 * d : d), diagonal(d, m, 0, 0, 1));
    return mirrored ? with(first, diagonal(d, m, 0, d, -1)) : first;
  }

  private float[] last(Projection projection) {
    float gain = projection.activation() == Bend.SIGMOID ? 4 : 1;
    boolean mirrored = mirrored(projection.activation());
    float half = mirrored && projection.activation() == Bend.SIGMOID ? gain / 2 : gain;
    float[] last = diagonal(m, k, 0, 0, half);
    return mirrored ? with(last, diagonal(m, k, d, 0, -half)) : last;
  }

  private boolean mirrored(Bend activation) {
    return activation != Bend.IDENTITY && m >= 2 * d;
  }

  /**
   * [d, m] of random signs of the length of one input, zeros in the columns before {@code from}.
   */
  private float[] signs(int from) {
    float[] values = new float[d * m];
    for (int row = 0; row < d && from < m; row++) {
      HashedSigns.addTo(
          HashedSigns.key(SIGNS, row),
          (float) Math.sqrt(1.0 / d),
          values,
          row * m + from,
          m - from);
    }
    return values;
  }

  /**
   * [rows, columns] with {@code value} where a row's and a column's distance to the start agree.
   */
  private float[] diagonal(int rows, int columns, int row, int column, float value) {
    float[] values = new float[rows * columns];
    int length = Math.min(d, Math.min(rows - row, columns - column));
    for (int i = 0; i < length; i++) {
      values[(row + i) * columns + column + i] = value;
    }
    return values;
  }

  private static float[] with(float[] one, float[] other) {
    for (int i = 0; i < one.length; i++) {
      one[i] += other[i];
    }
    return one;
  }

  private static InitialValues listed(float[] values) {
    List<Float> list = new ArrayList<>(values.length);
    for (float value : values) {
      list.add(value);
    }
    return new InitialValues.Listed(list);
  }
}
