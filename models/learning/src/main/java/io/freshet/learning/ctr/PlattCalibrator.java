package io.freshet.learning.ctr;

import io.freshet.learning.table.LearnerChanges;
import io.freshet.scoring.state.Tensor;

/**
 * Platt's calibration online: (a, b) of sigmoid(a·logit + b) by a running Newton method on logits
 * that were given before their label was known. With x = (logit, 1), p = sigmoid(a·logit + b), a
 * label y and its weight w, for every example
 *
 * <pre>
 * H := λ·H + (1−λ)·P + w·p(1−p)·x·xᵀ
 * θ := θ − H⁻¹ · (w·(p−y)·x + (1−λ)·P·(θ − (1, 0)))
 * </pre>
 *
 * λ makes the last {@value #WINDOW} examples count; the prior P keeps pulling towards (1, 0), so
 * that few examples, or all of one label, move it little. What it has learnt takes effect at round
 * ends.
 */
public final class PlattCalibrator {

  private static final double WINDOW = 10_000;
  private static final double FADE = 1 / WINDOW;
  private static final double PRIOR_SLOPE = 50;
  private static final double PRIOR_OFFSET = 10;
  private static final double SMALLEST_SLOPE = 0.2;
  private static final double LARGEST_SLOPE = 5;
  private static final double LARGEST_OFFSET = 5;

  /** a, b, and H's three entries. */
  private final double[] state = {1, 0, PRIOR_SLOPE, 0, PRIOR_OFFSET};

  /** Declares what it remembers as a learner's own state. */
  public void declare(String name, LearnerChanges changes) {
    changes.ownDoubles(name, state);
  }

  public void learn(float logit, float label, float weight) {
    double a = state[0];
    double b = state[1];
    double p = 1 / (1 + StrictMath.exp(-(a * logit + b)));
    double curvature = weight * p * (1 - p);
    double error = weight * (p - label);
    double haa = (1 - FADE) * state[2] + FADE * PRIOR_SLOPE + curvature * logit * logit;
    double hab = (1 - FADE) * state[3] + curvature * logit;
    double hbb = (1 - FADE) * state[4] + FADE * PRIOR_OFFSET + curvature;
    double ga = error * logit + FADE * PRIOR_SLOPE * (a - 1);
    double gb = error + FADE * PRIOR_OFFSET * b;
    double determinant = haa * hbb - hab * hab;
    state[0] = clamp(a - (hbb * ga - hab * gb) / determinant, SMALLEST_SLOPE, LARGEST_SLOPE);
    state[1] = clamp(b - (haa * gb - hab * ga) / determinant, -LARGEST_OFFSET, LARGEST_OFFSET);
    state[2] = haa;
    state[3] = hab;
    state[4] = hbb;
  }

  /** Writes (a, b) where they are to take effect. */
  void apply(Tensor calibration, LearnerChanges changes) {
    changes.touch(calibration);
    apply(calibration.data(), 0);
  }

  /** Writes (a, b) from {@code offset} on. */
  public void apply(float[] calibration, int offset) {
    calibration[offset] = (float) state[0];
    calibration[offset + 1] = (float) state[1];
  }

  private static double clamp(double value, double smallest, double largest) {
    return Math.max(smallest, Math.min(largest, value));
  }
}
