package io.freshet.learning.colbert;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How much more likely a document is to be looked at in one position than in another, from
 * documents that the same query showed in several. In the position-based model a pair p of query
 * and document that was shown n_pk times at position k gets θ_k·γ_p·n_pk clicks there on average.
 * What share of its clicks fell on each position then no longer depends on how attractive it is,
 *
 * <pre>
 * π_pk = n_pk·θ_k / Σ_j n_pj·θ_j
 * </pre>
 *
 * and ln θ maximises Σ_pk c_pk·ln π_pk, which is concave: the conditional likelihood of the Poisson
 * model with an effect for every pair (Hausman, Hall, Griliches 1984), right whenever those means
 * are (Wooldridge 1999). A pair seen at one position says nothing: what is used is what
 * intervention harvesting uses (Agarwal et al., WSDM 2019). Standard errors come from the
 * likelihood's curvature; they hold for counts that scatter as Poisson's do, and clicks scatter
 * less.
 */
final class PositionEffects {

  /** Keeps what the pairs say nothing of where it is, and its error large. */
  private static final double PRIOR = 1e-3;

  private static final int STEPS = 50;
  private static final double LONGEST_STEP = 2;

  /** A step of Newton's method this short leaves an error of about its square. */
  private static final double CLOSE = 1e-6;

  /** A pair that was clicked and was shown at two positions at least. */
  private record Pair(int[] positions, double[] looks, double[] clicks, double allClicks) {}

  private final int positions;
  private final List<Pair> pairs = new ArrayList<>();
  private double clicks;

  /** From position 0 to before {@code positions}. */
  PositionEffects(int positions) {
    this.positions = positions;
  }

  /**
   * Takes in a pair.
   *
   * @param counts looks by position, then clicks by position
   * @param weight of each of them
   */
  void add(float[] counts, int offset, double weight) {
    int[] shown = IntStream.range(0, positions).filter(k -> counts[offset + k] > 0).toArray();
    double[] looks = new double[shown.length];
    double[] clicked = new double[shown.length];
    double sum = 0;
    for (int i = 0; i < shown.length; i++) {
      looks[i] = weight * counts[offset + shown[i]];
      clicked[i] = weight * counts[offset + positions + shown[i]];
      sum += clicked[i];
    }
    if (shown.length > 1 && sum > 0) {
      pairs.add(new Pair(shown, looks, clicked, sum));
      clicks += sum;
    }
  }

  /** Pairs that say something. */
  int pairs() {
    return pairs.size();
  }

  /** Their clicks. */
  double clicks() {
    return clicks;
  }

  /**
   * The estimate.
   *
   * @param start logarithms to start from, which change nothing but the time that it takes
   */
  Estimate estimate(double[] start) {
    double[] logs = start.clone();
    double value = value(logs);
    double[][] curvature = new double[positions][positions];
    double[] slope = new double[positions];
    for (int step = 0; step < STEPS; step++) {
      slopes(logs, slope, curvature);
      double[] move = solve(cholesky(curvature), slope);
      double longest = Arrays.stream(move).map(Math::abs).max().orElse(0);
      if (longest < CLOSE) {
        logs = moved(logs, move, 1);
        break;
      }
      double factor = Math.min(1, LONGEST_STEP / longest);
      double[] next = moved(logs, move, factor);
      double then = value(next);
      while (then < value && factor > CLOSE) {
        factor /= 2;
        next = moved(logs, move, factor);
        then = value(next);
      }
      logs = next;
      value = then;
    }
    slopes(logs, slope, curvature);
    return new Estimate(logs, inverse(cholesky(curvature)), mostInformed(curvature));
  }

  private static double[] moved(double[] from, double[] by, double factor) {
    double[] to = from.clone();
    for (int k = 0; k < to.length; k++) {
      to[k] += factor * by[k];
    }
    return to;
  }

  /** Penalised by {@link #PRIOR}. */
  private double value(double[] logs) {
    double sum = 0;
    for (double log : logs) {
      sum -= PRIOR / 2 * log * log;
    }
    double[] chances = chances(logs);
    for (Pair pair : pairs) {
      double shares = 0;
      for (int i = 0; i < pair.positions.length; i++) {
        shares += pair.looks[i] * chances[pair.positions[i]];
        sum += pair.clicks[i] * logs[pair.positions[i]];
      }
      sum -= pair.allClicks * StrictMath.log(shares);
    }
    return sum;
  }

  private static double[] chances(double[] logs) {
    return Arrays.stream(logs).map(StrictMath::exp).toArray();
  }

  private void slopes(double[] logs, double[] slope, double[][] curvature) {
    for (int k = 0; k < positions; k++) {
      slope[k] = -PRIOR * logs[k];
      Arrays.fill(curvature[k], 0);
      curvature[k][k] = PRIOR;
    }
    double[] chances = chances(logs);
    double[] shares = new double[positions];
    for (Pair pair : pairs) {
      int n = pair.positions.length;
      double sum = 0;
      for (int i = 0; i < n; i++) {
        shares[i] = pair.looks[i] * chances[pair.positions[i]];
        sum += shares[i];
      }
      for (int i = 0; i < n; i++) {
        int k = pair.positions[i];
        double share = shares[i] / sum;
        slope[k] += pair.clicks[i] - pair.allClicks * share;
        curvature[k][k] += pair.allClicks * share;
        for (int j = 0; j < n; j++) {
          curvature[k][pair.positions[j]] -= pair.allClicks * share * shares[j] / sum;
        }
      }
    }
  }

  private static int mostInformed(double[][] curvature) {
    int most = 0;
    for (int k = 1; k < curvature.length; k++) {
      most = curvature[k][k] > curvature[most][most] ? k : most;
    }
    return most;
  }

  /** The lower triangle L of LLᵀ. */
  private static double[][] cholesky(double[][] matrix) {
    int n = matrix.length;
    double[][] lower = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double rest = matrix[i][j];
        for (int m = 0; m < j; m++) {
          rest -= lower[i][m] * lower[j][m];
        }
        // Rounding may take what the prior alone holds above zero below it.
        lower[i][j] = i == j ? StrictMath.sqrt(Math.max(rest, PRIOR / 2)) : rest / lower[j][j];
      }
    }
    return lower;
  }

  private static double[] solve(double[][] lower, double[] right) {
    int n = right.length;
    double[] x = right.clone();
    for (int i = 0; i < n; i++) {
      for (int m = 0; m < i; m++) {
        x[i] -= lower[i][m] * x[m];
      }
      x[i] /= lower[i][i];
    }
    for (int i = n - 1; i >= 0; i--) {
      for (int m = i + 1; m < n; m++) {
        x[i] -= lower[m][i] * x[m];
      }
      x[i] /= lower[i][i];
    }
    return x;
  }

  private static double[][] inverse(double[][] lower) {
    double[][] inverse = new double[lower.length][];
    for (int k = 0; k < inverse.length; k++) {
      double[] unit = new double[lower.length];
      unit[k] = 1;
      inverse[k] = solve(lower, unit);
    }
    return inverse;
  }

  /**
   * What comes out.
   *
   * @param logs ln θ by position, but for a constant
   * @param covariance of the logarithms
   * @param reference the position of which most is known
   */
  record Estimate(double[] logs, double[][] covariance, int reference) {

    /** The standard error of ln θ_k − ln θ of the reference. */
    double error(int k) {
      double variance =
          covariance[k][k] + covariance[reference][reference] - 2 * covariance[k][reference];
      return StrictMath.sqrt(Math.max(0, variance));
    }

    /**
     * The chance of being looked at by position, of the known ones the largest 1; 0 where the error
     * is above {@code largest}, and everywhere if that leaves one position alone.
     */
    double[] known(double largest) {
      int[] known = IntStream.range(0, logs.length).filter(k -> error(k) <= largest).toArray();
      double[] chances = new double[logs.length];
      double top = Arrays.stream(known).mapToDouble(k -> logs[k]).max().orElse(0);
      for (int k : known) {
        chances[k] = known.length > 1 ? StrictMath.exp(logs[k] - top) : 0;
      }
      return chances;
    }
  }
}
