package io.freshet.learning.optimizer;

import io.freshet.learning.HashedNormal;
import io.freshet.learning.metric.Adwin;
import io.freshet.learning.metric.Adwin.Change;
import io.freshet.learning.table.LearnerChanges;
import io.freshet.learning.table.SavedBytes;
import io.freshet.scoring.settings.ModelSettings.Noise;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Annealed Gaussian noise on gradients (Neelakantan et al., arXiv 1511.06807): at every update each
 * entry of a gradient gets an independent draw of N(0, σ²) with
 *
 * <pre>
 * σ² = share · eta / (1 + t)^gamma
 * </pre>
 *
 * <p>where t counts updates since the last restart of the annealing, and share is 1 until the first
 * restart and {@link Noise#restartShare} after it. The annealing restarts when {@link Adwin} finds
 * that the loss before training has risen, at the earliest {@link Noise#restartEvery} updates after
 * the last restart, and only to a variance above the present one. Draws are a function of seed,
 * tensor and step. Where eta is 0 nothing is computed, or kept.
 */
public final class GradientNoise {

  /** Per update of an unchanged stream; a run of a million updates then expects few false ones. */
  private static final double DELTA = 1e-5;

  /** Mean log loss of a batch, in nats, above which losses count as this; a coin's is 0.69. */
  private static final double LARGEST_LOSS = 1;

  /** Share of the newest loss in the fading mean that tells the level before a restart. */
  private static final double NEWEST = 0.05;

  /** Updates after a restart whose loss is held against the level at the restart. */
  private static final int WATCHED = 500;

  /**
   * Of its numbers and of the buckets of {@link Adwin}, 24 bytes each, 5 of a size and one more.
   */
  private static final int LARGEST_BYTES = 8 * 1024;

  private final Noise settings;
  private final long key;
  private Adwin losses = new Adwin(DELTA, LARGEST_LOSS);
  private long t;
  private long restarts;
  private double level;
  private double levelAtRestart;
  private double excess;
  private long watched;

  /**
   * @param seed of the model
   */
  public GradientNoise(Noise settings, long seed) {
    this.settings = settings;
    this.key = HashedNormal.key(seed, "gradient noise");
  }

  /** σ² of the next update. */
  public double variance() {
    double share = restarts == 0 ? 1 : settings.restartShare();
    return share * settings.eta() * StrictMath.pow(1 + t, -settings.gamma());
  }

  /**
   * Adds this update's noise to one tensor's gradient.
   *
   * @param step of the learner, which tells updates apart
   */
  public void addTo(String tensor, long step, float[] gradient) {
    if (isOff()) {
      return;
    }
    long draws = HashedNormal.key(HashedNormal.key(key, tensor), step);
    HashedNormal.addTo(draws, StrictMath.sqrt(variance()), gradient);
  }

  /**
   * Ends an update.
   *
   * @param loss of its batch before it, in nats
   */
  public void learn(double loss) {
    if (isOff()) {
      return;
    }
    if (restarts > 0 && t < WATCHED) {
      excess += loss - levelAtRestart;
      watched++;
    }
    t++;
    level += losses.values() == 0 ? loss : NEWEST * (loss - level);
    boolean rose = losses.add(Math.min(loss, LARGEST_LOSS)) == Change.UP;
    boolean allowed =
        t >= settings.restartEvery() && settings.restartShare() * settings.eta() > variance();
    if (rose && allowed) {
      t = 0;
      restarts++;
      levelAtRestart = level;
    }
  }

  /**
   * {@code noise.variance}, {@code noise.restarts}, and once there was one {@code
   * noise.restartCost}: by how much the mean log loss of the 500 updates after a restart lay above
   * that of the last few before it, on average over restarts (below zero: learning outweighed it).
   */
  public Map<String, Double> metrics() {
    if (isOff()) {
      return Map.of();
    }
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("noise.variance", variance());
    metrics.put("noise.restarts", (double) restarts);
    if (watched > 0) {
      metrics.put("noise.restartCost", excess / watched);
    }
    return metrics;
  }

  /** Declares what it remembers as a learner's own state. */
  public void declare(LearnerChanges changes) {
    if (!isOff()) {
      changes.ownNumbers("noise", new SavedBytes(LARGEST_BYTES, this::save, this::load));
    }
  }

  void save(DataOutput out) throws IOException {
    out.writeLong(t);
    out.writeLong(restarts);
    out.writeDouble(level);
    out.writeDouble(levelAtRestart);
    out.writeDouble(excess);
    out.writeLong(watched);
    losses.save(out);
  }

  void load(DataInput in) throws IOException {
    t = in.readLong();
    restarts = in.readLong();
    level = in.readDouble();
    levelAtRestart = in.readDouble();
    excess = in.readDouble();
    watched = in.readLong();
    losses = Adwin.resume(in);
  }

  private boolean isOff() {
    return settings.eta() == 0;
  }
}
