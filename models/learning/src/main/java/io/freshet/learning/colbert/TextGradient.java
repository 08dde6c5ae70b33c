package io.freshet.learning.colbert;

import io.freshet.scoring.colbert.Bends;
import io.freshet.scoring.colbert.ColbertShape;
import io.freshet.scoring.colbert.TextEncoder;
import io.freshet.scoring.colbert.TextPass;
import io.freshet.scoring.kernel.Kernels;
import io.freshet.scoring.settings.RankingSettings;
import io.freshet.scoring.settings.RankingSettings.Shape;
import io.freshet.scoring.state.ModelState;
import java.util.Arrays;
import java.util.Map;

/**
 * The backward of {@link TextEncoder}: from the gradient of a text's vectors to those of the
 * weights, which it adds up, and of the embeddings. Both sides' gradients add up under the names of
 * the query side, whose weights learn.
 */
final class TextGradient {

  private static final float SHORTEST = 1e-6f;

  private final RankingSettings ranking;
  private final ModelState state;
  private final Matrices matrices;
  private final String prefix;
  private final Map<String, float[]> gradients;
  private final int d;
  private final int k;
  private float[] dy = {};
  private float[] dx = {};
  private float[] dp = {};
  private float[] dp1 = {};
  private float[] dh = {};
  private float[] dx1 = {};
  private float[] dmixed = {};
  private float[] dattention = {};
  private float[] dv = {};
  private float[] dq = {};
  private float[] dk = {};
  private float[] scratch = {};

  /**
   * @param document whether the text was read by the document side's weights
   * @param gradients by name, [the tensor's floats]
   */
  TextGradient(
      ColbertShape shape,
      ModelState state,
      Kernels kernels,
      boolean document,
      Map<String, float[]> gradients) {
    this.ranking = shape.ranking();
    this.state = state;
    this.matrices = new Matrices(kernels);
    this.prefix = document ? ColbertShape.DOCUMENTS : "";
    this.gradients = gradients;
    this.d = ranking.width();
    this.k = ranking.vector();
  }

  /**
   * @param ofVectors [tokens that match][vector]
   * @return [rows][width] of the embeddings, valid until the next call
   */
  float[] backward(TextPass pass, float[] ofVectors) {
    int n = pass.rows();
    grow(n);
    normalise(pass, ofVectors);
    project(pass, n);
    if (ranking.context() > 0) {
      feedForward(pass, n);
      attend(pass, n);
    }
    return dx;
  }

  private void grow(int n) {
    if (dy.length >= n * k && dx.length >= n * d) {
      return;
    }
    int rows = Math.max(n, 32);
    int m = ranking.projection().scale() * d;
    int widest = Math.max(Math.max(d, m), Math.max(k, ranking.context()));
    dy = new float[rows * k];
    dx = new float[rows * d];
    scratch = new float[rows * Math.max(widest, rows)];
    if (ranking.projection().shape() != Shape.LINEAR) {
      dp = new float[rows * m];
      dp1 = new float[rows * m];
    }
    if (ranking.context() > 0) {
      dh = new float[rows * ranking.context()];
      dx1 = new float[rows * d];
      dmixed = new float[rows * d];
      dattention = new float[rows * rows];
      dv = new float[rows * d];
      dq = new float[rows * d];
      dk = new float[rows * d];
    }
  }

  /** v = y/|y|: dy = (dv − v·(v·dv)) / |y|. A marker's vector matches nothing. */
  private void normalise(TextPass pass, float[] ofVectors) {
    Arrays.fill(dy, 0, pass.first() * k, 0f);
    float[] vectors = pass.vectors();
    for (int row = pass.first(); row < pass.rows(); row++) {
      int at = row * k;
      int from = (row - pass.first()) * k;
      float norm = pass.norms()[row];
      float along = 0;
      for (int i = 0; i < k && norm >= SHORTEST; i++) {
        along = Math.fma(vectors[at + i], ofVectors[from + i], along);
      }
      float factor = 1 / Math.max(norm, SHORTEST);
      for (int i = 0; i < k; i++) {
        dy[at + i] = (ofVectors[from + i] - along * vectors[at + i]) * factor;
      }
    }
  }

  private void project(TextPass pass, int n) {
    float[] x = pass.projected();
    RankingSettings.Projection projection = ranking.projection();
    int m = projection.scale() * d;
    Bends bend = Bends.of(projection.activation());
    switch (projection.shape()) {
      case LINEAR -> {
        Matrices.addOuter(n, d, k, x, dy, gradient("projection.W"));
        matrices.back(n, k, d, dy, tensor("projection.W"), dx);
      }
      case FEEDFORWARD -> {
        Matrices.addOuter(n, m, k, pass.p(), dy, gradient("projection.W2"));
        matrices.back(n, k, m, dy, tensor("projection.W2"), dp);
        for (int i = 0; i < n * m; i++) {
          dp1[i] = dp[i] * bend.slope(pass.p1()[i]);
        }
        Matrices.addOuter(n, d, m, x, dp1, gradient("projection.W1"));
        matrices.back(n, m, d, dp1, tensor("projection.W1"), dx);
      }
      case GLU -> {
        Matrices.addOuter(n, m, k, pass.p(), dy, gradient("projection.W3"));
        matrices.back(n, k, m, dy, tensor("projection.W3"), dp);
        for (int i = 0; i < n * m; i++) {
          float p1 = pass.p1()[i];
          dp1[i] = dp[i] * pass.p2()[i] * bend.slope(p1);
          dp[i] *= bend.at(p1);
        }
        Matrices.addOuter(n, d, m, x, dp1, gradient("projection.W1"));
        Matrices.addRows(n, m, dp1, gradient("projection.b1"));
        Matrices.addOuter(n, d, m, x, dp, gradient("projection.W2"));
        matrices.back(n, m, d, dp1, tensor("projection.W1"), dx);
        matrices.addBack(n, m, d, dp, tensor("projection.W2"), dx, scratch);
      }
    }
    if (projection.residual() && projection.shape() != Shape.LINEAR) {
      Matrices.addOuter(n, d, k, x, dy, gradient("projection.R"));
      matrices.addBack(n, k, d, dy, tensor("projection.R"), dx, scratch);
    }
  }

  /** From dx = d x2 to d x1. */
  private void feedForward(TextPass pass, int n) {
    int hidden = ranking.context();
    Matrices.addRows(n, d, dx, gradient("context.b2"));
    Matrices.addOuter(n, hidden, d, pass.hidden(), dx, gradient("context.W2"));
    matrices.back(n, d, hidden, dx, tensor("context.W2"), dh);
    for (int i = 0; i < n * hidden; i++) {
      dh[i] = pass.hiddenInput()[i] > 0 ? dh[i] : 0;
    }
    Matrices.addRows(n, hidden, dh, gradient("context.b1"));
    Matrices.addOuter(n, d, hidden, pass.x1(), dh, gradient("context.W1"));
    System.arraycopy(dx, 0, dx1, 0, n * d);
    matrices.addBack(n, hidden, d, dh, tensor("context.W1"), dx1, scratch);
  }

  /** From d x1 to d x. */
  private void attend(TextPass pass, int n) {
    float unit = (float) (1 / Math.sqrt(d));
    Matrices.addOuter(n, d, d, pass.mixed(), dx1, gradient("context.O"));
    matrices.back(n, d, d, dx1, tensor("context.O"), dmixed);
    float[] attention = pass.attention();
    matrices.back(n, d, n, dmixed, pass.v(), dattention);
    float[] near = gradient("context.near");
    for (int t = 0; t < n; t++) {
      float mean = 0;
      for (int u = 0; u < n; u++) {
        mean = Math.fma(attention[t * n + u], dattention[t * n + u], mean);
      }
      for (int u = 0; u < n; u++) {
        int at = t * n + u;
        dattention[at] = attention[at] * (dattention[at] - mean);
        near[TextEncoder.distance(t, u)] += dattention[at];
        dattention[at] *= unit;
      }
    }
    Arrays.fill(dv, 0, n * d, 0f);
    Arrays.fill(dq, 0, n * d, 0f);
    Arrays.fill(dk, 0, n * d, 0f);
    Matrices.addOuter(n, n, d, attention, dmixed, dv);
    Matrices.addOuter(n, n, d, dattention, pass.q(), dk);
    Matrices.turn(dattention, n, n, scratch);
    Matrices.addOuter(n, n, d, scratch, pass.k(), dq);
    System.arraycopy(dx1, 0, dx, 0, n * d);
    through("context.Q", dq, pass, n);
    through("context.K", dk, pass, n);
    through("context.V", dv, pass, n);
  }

  private void through(String weight, float[] g, TextPass pass, int n) {
    Matrices.addOuter(n, d, d, pass.x(), g, gradient(weight));
    matrices.addBack(n, d, d, g, tensor(weight), dx, scratch);
  }

  private float[] tensor(String name) {
    return state.tensor(prefix + name).data();
  }

  private float[] gradient(String name) {
    float[] gradient = gradients.get(name);
    if (gradient == null) {
      throw new IllegalStateException("no tensor " + name + " learns");
    }
    return gradient;
  }
}
