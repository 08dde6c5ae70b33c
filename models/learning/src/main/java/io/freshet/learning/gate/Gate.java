package io.freshet.learning.gate;

import io.freshet.learning.gate.Verdict.Outcome;
import io.freshet.learning.gate.Verdict.Reason;
import io.freshet.learning.metric.LogLoss;
import io.freshet.scoring.settings.GateSettings;
import io.freshet.scoring.state.StateDelta;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Judges at each round's end whether the candidate, the learner's state then, may become a version.
 *
 * <p>There is one reference, the last good state. It stays for {@code hold} rounds and longer while
 * anything is suspicious, so that evidence gathers against a fixed state, and then moves on to the
 * candidate. Every batch is scored by learner and reference before the learner trains on it. Three
 * {@link Detector}s go on through all of it, and through changes of the reference:
 *
 * <ul>
 *   <li>worse: the difference of the log losses in nats, candidate − reference; allowed is
 *       tolerance · entropy of the reference's prediction, its expected loss;
 *   <li>too many labels: y − p, p being the candidate's prediction; allowed is q − p, q having p's
 *       odds times the band;
 *   <li>too few: p − y; allowed is p − q, q having p's odds divided by the band.
 * </ul>
 *
 * <p>Each refuses at 3 · {@code roundsPerFalseRefusal}, so that all together wait at least that
 * many rounds for a false refusal, on average, as long as nothing exceeds on average what is
 * allowed. One value that is not finite refuses at once.
 *
 * <p>After a refusal the learner stands where the reference stands. Where that helps nothing,
 * {@code patience} times without the reference moving on, the world has changed and not the
 * learner: the gate steps aside for {@code aside} rounds, but for values that are not finite.
 *
 * <p>Neither examples nor states are kept: what is saved is a few numbers.
 */
public final class Gate {

  private static final int FORMAT = 1;
  private static final int DETECTORS = 3;

  /**
   * Examples in one observation. Differences of losses hang together longer than labels do: a
   * learner that has just followed one customer is worse for the next one.
   */
  private static final int BLOCK_OF_LOSSES = 64;

  private static final int BLOCK_OF_LABELS = 32;

  /** The logarithm of suspicious evidence, as a share of that of a refusal. */
  private static final double SUSPICION = 1.0 / 3;

  /** The reference moves on after this many times {@code hold} rounds, suspicious or not. */
  private static final int MOST_HOLDS = 8;

  private final GateSettings settings;
  private final double threshold;
  private final Detector worse = new Detector(BLOCK_OF_LOSSES);
  private final Detector tooMany = new Detector(BLOCK_OF_LABELS);
  private final Detector tooFew = new Detector(BLOCK_OF_LABELS);
  private final Sums sums = new Sums();
  private String notFinite = "";

  /** Rounds since the reference was the candidate. */
  private int age;

  /** Refusals since the reference moved on. */
  private int refusals;

  /** Rounds still to come that are not judged. */
  private int aside;

  /** Whether it is since a forced verdict that rounds are not judged. */
  private boolean forced;

  private Totals totals = new Totals(0, 0, 0);

  /** Verdicts so far. */
  public record Totals(long passed, long refused, long forced) {}

  private Gate(GateSettings settings) {
    this.settings = settings;
    this.threshold = StrictMath.log(DETECTORS * settings.roundsPerFalseRefusal());
    this.aside = settings.aside();
  }

  /** A gate of a model that has learnt nothing. */
  public static Gate start(GateSettings settings) {
    return new Gate(settings);
  }

  public Totals totals() {
    return totals;
  }

  /** Tells what the learner changed; any number of times in a round. */
  public void changed(StateDelta delta) {
    String problem = Finite.problem(delta);
    if (problem != null) {
      notFinite(problem);
    }
  }

  /** Tells of a number in the candidate, its predictions or its losses that is none. */
  public void notFinite(String problem) {
    notFinite = notFinite.isEmpty() ? problem : notFinite;
  }

  /** Tells how a batch was scored; any number of times before {@link #judge}. */
  public void add(ScoredBatch batch) {
    int at = Finite.firstNot(batch.candidate());
    if (at >= 0) {
      notFinite("a prediction is " + batch.candidate()[at]);
      return;
    }
    float[] reference = batch.reference();
    for (int i = 0; i < batch.size(); i++) {
      compare(batch.labels()[i], batch.weights()[i], batch.candidate()[i], reference[i]);
    }
  }

  private void compare(double label, double weight, double candidate, double reference) {
    double mine = LogLoss.of(candidate, label);
    double other = LogLoss.of(reference, label);
    double allowed = settings.tolerance() * LogLoss.entropy(reference);
    worse.add(weight * (mine - other), weight * allowed);
    double band = settings.calibrationBand();
    tooMany.add(weight * (label - candidate), weight * (withOdds(candidate, band) - candidate));
    tooFew.add(weight * (candidate - label), weight * (candidate - withOdds(candidate, 1 / band)));
    sums.add(weight, label, candidate, mine, other);
  }

  /** The probability whose odds are {@code factor} times those of {@code probability}. */
  private static double withOdds(double probability, double factor) {
    return probability * factor / (1 - probability + probability * factor);
  }

  /**
   * Judges the candidate of the round that ended, by all that was told until now. To be asked once
   * a round, before the learner takes its next step.
   */
  public Verdict judge() {
    Verdict verdict = verdict();
    switch (verdict.outcome()) {
      case PASSED -> totals = new Totals(totals.passed + 1, totals.refused, totals.forced);
      case REFUSED -> totals = new Totals(totals.passed, totals.refused + 1, totals.forced);
      case FORCED -> totals = new Totals(totals.passed, totals.refused, totals.forced + 1);
    }
    return verdict;
  }

  private Verdict verdict() {
    if (!notFinite.isEmpty()) {
      return refused(Reason.FINITE, notFinite);
    }
    age++;
    if (aside > 0) {
      aside--;
      forgetEvidence();
      return passed(forced, age >= settings.hold());
    }
    worse.endRound();
    tooMany.endRound();
    tooFew.endRound();
    double calibration = Math.max(tooMany.log(), tooFew.log());
    double found = Math.max(worse.log(), calibration);
    if (found >= threshold) {
      Reason reason = calibration >= threshold ? Reason.CALIBRATION : Reason.WORSE;
      String evidence = sums.text(reason, found, threshold);
      return refusals < settings.patience() ? refused(reason, evidence) : forced(reason, evidence);
    }
    boolean calm = found < SUSPICION * threshold;
    return passed(false, age >= settings.hold() && (calm || age >= MOST_HOLDS * settings.hold()));
  }

  private Verdict passed(boolean unjudged, boolean moves) {
    if (moves) {
      age = 0;
      refusals = 0;
      sums.reset();
    }
    return new Verdict(unjudged ? Outcome.FORCED : Outcome.PASSED, null, "", moves);
  }

  private Verdict refused(Reason reason, String evidence) {
    forget();
    refusals++;
    return new Verdict(Outcome.REFUSED, reason, evidence, false);
  }

  private Verdict forced(Reason reason, String evidence) {
    forget();
    refusals = 0;
    aside = settings.aside();
    forced = true;
    return new Verdict(Outcome.FORCED, reason, evidence, true);
  }

  private void forget() {
    forgetEvidence();
    sums.reset();
    notFinite = "";
    age = 0;
  }

  private void forgetEvidence() {
    worse.forget();
    tooMany.forget();
    tooFew.forget();
  }

  /** The candidate was replaced by a state that is good: it is the reference, nothing is held. */
  public void restart() {
    forget();
    refusals = 0;
  }

  /** Writes everything that {@link #resume} needs, canonically: equal states write equal bytes. */
  public void save(DataOutput out) throws IOException {
    out.writeInt(FORMAT);
    out.writeInt(age);
    out.writeInt(refusals);
    out.writeInt(aside);
    out.writeBoolean(forced);
    out.writeUTF(notFinite);
    out.writeLong(totals.passed);
    out.writeLong(totals.refused);
    out.writeLong(totals.forced);
    worse.save(out);
    tooMany.save(out);
    tooFew.save(out);
    sums.save(out);
  }

  /** A gate that goes on bit for bit where the saved one was, with equal settings. */
  public static Gate resume(GateSettings settings, DataInput in) throws IOException {
    int format = in.readInt();
    if (format != FORMAT) {
      throw new IOException(
          "a saved gate must be of format %d, found %d".formatted(FORMAT, format));
    }
    Gate gate = new Gate(settings);
    gate.age = in.readInt();
    gate.refusals = in.readInt();
    gate.aside = in.readInt();
    gate.forced = in.readBoolean();
    gate.notFinite = in.readUTF();
    gate.totals = new Totals(in.readLong(), in.readLong(), in.readLong());
    gate.worse.load(in);
    gate.tooMany.load(in);
    gate.tooFew.load(in);
    gate.sums.load(in);
    return gate;
  }
}
