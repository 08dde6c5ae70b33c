package io.freshet.learning.gbnn;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * Minimises a smooth function by limited-memory BFGS (Nocedal 1980; two-loop recursion as in
 * Nocedal and Wright, algorithm 7.4) with a line search by bisection for the weak Wolfe conditions
 * (Lewis and Overton 2013), which keeps sᵀy positive.
 */
final class Lbfgs {

  /** A function and its gradient. */
  interface Function {

    /** The value at {@code x}; writes the gradient there. */
    double at(double[] x, double[] gradient);
  }

  /** How a minimisation ended. */
  record Result(double value, int iterations, boolean converged) {}

  private record Pair(double[] s, double[] y, double sy) {}

  private static final int MEMORY = 10;
  private static final int LONGEST_SEARCH = 40;
  private static final double SUFFICIENT_DECREASE = 1e-4;
  private static final double CURVATURE = 0.9;

  private final int iterations;
  private final double tolerance;
  private final double leastDecrease;

  /**
   * @param iterations at most
   * @param tolerance largest absolute entry of the gradient at which it is a minimum
   * @param leastDecrease of the value in an iteration, relative where the value is above 1, that is
   *     worth another one
   */
  Lbfgs(int iterations, double tolerance, double leastDecrease) {
    this.iterations = iterations;
    this.tolerance = tolerance;
    this.leastDecrease = leastDecrease;
  }

  /** Moves {@code x} to a minimum, or as near as the iterations allow; never to a higher value. */
  Result minimise(Function function, double[] x) {
    int n = x.length;
    double[] gradient = new double[n];
    double[] nextGradient = new double[n];
    double[] next = new double[n];
    double[] direction = new double[n];
    Deque<Pair> pairs = new ArrayDeque<>();
    double value = function.at(x, gradient);
    int iteration = 0;
    while (iteration < iterations && largest(gradient) > tolerance) {
      direct(gradient, pairs, direction);
      double slope = dot(gradient, direction);
      double low = 0;
      double high = Double.POSITIVE_INFINITY;
      double step = pairs.isEmpty() ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1;
      boolean found = false;
      double nextValue = value;
      for (int search = 0; search < LONGEST_SEARCH && !found; search++) {
        for (int i = 0; i < n; i++) {
          next[i] = x[i] + step * direction[i];
        }
        nextValue = function.at(next, nextGradient);
        // Written so that NaN counts as too far.
        if (!(nextValue <= value + SUFFICIENT_DECREASE * step * slope)) {
          high = step;
        } else if (dot(nextGradient, direction) < CURVATURE * slope) {
          low = step;
        } else {
          found = true;
        }
        if (!found) {
          step = high < Double.POSITIVE_INFINITY ? (low + high) / 2 : 2 * low;
        }
      }
      if (!found) {
        return new Result(value, iteration, false);
      }
      iteration++;
      remember(x, next, gradient, nextGradient, pairs);
      System.arraycopy(next, 0, x, 0, n);
      System.arraycopy(nextGradient, 0, gradient, 0, n);
      double decrease =
          (value - nextValue) / Math.max(1, Math.max(Math.abs(value), Math.abs(nextValue)));
      value = nextValue;
      if (decrease <= leastDecrease) {
        return new Result(value, iteration, true);
      }
    }
    return new Result(value, iteration, largest(gradient) <= tolerance);
  }

  private static void remember(
      double[] x, double[] next, double[] gradient, double[] nextGradient, Deque<Pair> pairs) {
    double[] s = new double[x.length];
    double[] y = new double[x.length];
    for (int i = 0; i < s.length; i++) {
      s[i] = next[i] - x[i];
      y[i] = nextGradient[i] - gradient[i];
    }
    double sy = dot(s, y);
    if (sy > 0) {
      pairs.addLast(new Pair(s, y, sy));
      if (pairs.size() > MEMORY) {
        pairs.removeFirst();
      }
    }
  }

  /** direction = −H·gradient. */
  private static void direct(double[] gradient, Deque<Pair> pairs, double[] direction) {
    for (int i = 0; i < direction.length; i++) {
      direction[i] = -gradient[i];
    }
    if (pairs.isEmpty()) {
      return;
    }
    double[] alphas = new double[pairs.size()];
    int at = alphas.length;
    for (Iterator<Pair> newest = pairs.descendingIterator(); newest.hasNext(); ) {
      Pair pair = newest.next();
      double alpha = dot(pair.s, direction) / pair.sy;
      alphas[--at] = alpha;
      add(-alpha, pair.y, direction);
    }
    Pair last = pairs.getLast();
    double scale = last.sy / dot(last.y, last.y);
    for (int i = 0; i < direction.length; i++) {
      direction[i] *= scale;
    }
    for (Pair pair : pairs) {
      double beta = dot(pair.y, direction) / pair.sy;
      add(alphas[at++] - beta, pair.s, direction);
    }
  }

  private static void add(double factor, double[] from, double[] to) {
    for (int i = 0; i < to.length; i++) {
      to[i] += factor * from[i];
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static double largest(double[] x) {
    double largest = 0;
    for (double value : x) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }
}
