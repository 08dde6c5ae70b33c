package io.freshet.scoring.colbert;

import io.freshet.scoring.settings.RankingSettings;
import java.util.Arrays;

/**
 * A text on its way to vectors, with everything that its backward needs. All matrices are row-major
 * without gaps, one row a token; what an architecture has not stays empty. Reused from text to
 * text; it grows to the longest.
 */
public final class TextPass {

  private final RankingSettings ranking;

  /** Tokens, a marker included. */
  private int tokens;

  /** 1 where the first row is a marker, which is context and matches nothing. */
  private int first;

  float[] x = {};
  float[] q = {};
  float[] k = {};
  float[] v = {};
  float[] attention = {};
  float[] mixed = {};
  float[] x1 = {};
  float[] hiddenInput = {};
  float[] hidden = {};
  float[] x2 = {};
  float[] p1 = {};
  float[] p2 = {};
  float[] p = {};
  float[] y = {};
  float[] norms = {};
  float[] vectors = {};

  public TextPass(RankingSettings ranking) {
    this.ranking = ranking;
  }

  void begin(int count, boolean marked) {
    first = marked ? 1 : 0;
    tokens = count + first;
    if (norms.length < tokens) {
      grow(Math.max(tokens, 32));
    }
    Arrays.fill(x, 0, tokens * ranking.width(), 0f);
  }

  private void grow(int n) {
    int d = ranking.width();
    x = new float[n * d];
    if (ranking.context() > 0) {
      q = new float[n * d];
      k = new float[n * d];
      v = new float[n * d];
      attention = new float[n * n];
      mixed = new float[n * d];
      x1 = new float[n * d];
      hiddenInput = new float[n * ranking.context()];
      hidden = new float[n * ranking.context()];
      x2 = new float[n * d];
    }
    if (ranking.projection().shape() != RankingSettings.Shape.LINEAR) {
      int m = ranking.projection().scale() * d;
      p1 = new float[n * m];
      p2 = ranking.projection().shape() == RankingSettings.Shape.GLU ? new float[n * m] : p2;
      p = new float[n * m];
    }
    y = new float[n * ranking.vector()];
    norms = new float[n];
    vectors = new float[n * ranking.vector()];
  }

  /** Rows, a marker included. */
  public int rows() {
    return tokens;
  }

  /** The row of the first token that matches: 1 behind a marker. */
  public int first() {
    return first;
  }

  /** Tokens that match. */
  public int count() {
    return tokens - first;
  }

  /** [rows][width] embeddings. */
  public float[] x() {
    return x;
  }

  /** [rows][width] queries of the attention. */
  public float[] q() {
    return q;
  }

  /** [rows][width] keys of the attention. */
  public float[] k() {
    return k;
  }

  /** [rows][width] values of the attention. */
  public float[] v() {
    return v;
  }

  /** [rows][rows] attention. */
  public float[] attention() {
    return attention;
  }

  /** [rows][width] values mixed by attention. */
  public float[] mixed() {
    return mixed;
  }

  /** [rows][width] after the attention's residual. */
  public float[] x1() {
    return x1;
  }

  /** [rows][context] before the encoder's ReLU. */
  public float[] hiddenInput() {
    return hiddenInput;
  }

  /** [rows][context] after it. */
  public float[] hidden() {
    return hidden;
  }

  /** [rows][width] what enters the projection. */
  public float[] projected() {
    return ranking.context() > 0 ? x2 : x;
  }

  /** [rows][m] what the projection's activation reads. */
  public float[] p1() {
    return p1;
  }

  /** [rows][m] what a gate opens for. */
  public float[] p2() {
    return p2;
  }

  /** [rows][m] the projection's hidden units. */
  public float[] p() {
    return p;
  }

  /** [rows][vector] before they are brought to length 1. */
  public float[] y() {
    return y;
  }

  /** [rows] lengths of {@link #y}. */
  public float[] norms() {
    return norms;
  }

  /** [rows][vector] of length 1. */
  public float[] vectors() {
    return vectors;
  }
}
