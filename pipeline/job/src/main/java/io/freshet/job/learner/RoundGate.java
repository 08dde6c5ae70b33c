package io.freshet.job.learner;

import io.freshet.learning.Learner;
import io.freshet.learning.LearnerFamily;
import io.freshet.learning.Prediction;
import io.freshet.learning.gate.Gate;
import io.freshet.learning.gate.ScoredBatch;
import io.freshet.learning.gate.Verdict;
import io.freshet.learning.gate.Verdict.Outcome;
import io.freshet.scoring.Scorer;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.LearnerDelta;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.StateDelta;
import io.freshet.scoring.state.StateHash;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One learner under a {@link Gate}: lets both the learner and its last good state score what
 * neither has trained on, and takes the learner back where the gate refuses. The last good state is
 * the learner's mark; of its serving part there is a second copy, because scoring needs all of it.
 * What changed since lies with the learner and goes into checkpoints.
 */
final class RoundGate {

  /**
   * What was decided.
   *
   * @param skipped the examples that the learner has unlearnt; empty unless it was refused
   * @param candidate where a refused candidate differed from the last good state; nothing otherwise
   * @param candidateHash of a refused candidate; null otherwise
   */
  record Judged(
      Verdict verdict, Offsets skipped, StateDelta candidate, @Nullable HashValue candidateHash) {

    boolean refused() {
      return verdict.outcome() == Outcome.REFUSED;
    }
  }

  private final Learner learner;
  private final Gate gate;
  private final ModelState good;
  private final StateHash goodHash = new StateHash();
  private final Scorer candidate;
  private final Scorer reference;

  /** The examples that the learner has learnt since its mark. */
  private Offsets since;

  private long skipped;

  private RoundGate(
      ModelSettings settings,
      LearnerFamily family,
      Learner learner,
      Gate gate,
      Offsets since,
      long skipped) {
    this.learner = learner;
    this.gate = gate;
    this.good = learner.servingState().copy();
    this.goodHash.reset(good.computeHash());
    this.candidate = family.scoring().scorer(settings, learner.servingState());
    this.reference = family.scoring().scorer(settings, good);
    this.since = since;
    this.skipped = skipped;
  }

  /** Of a learner that has learnt nothing. */
  static RoundGate start(ModelSettings settings, LearnerFamily family, Learner learner) {
    learner.mark();
    return new RoundGate(settings, family, learner, Gate.start(settings.gate()), new Offsets(), 0);
  }

  /** Goes on where {@link #save} was called. */
  static RoundGate resume(
      ModelSettings settings, LearnerFamily family, Learner learner, DataInput in)
      throws IOException {
    Gate gate = Gate.resume(settings.gate(), in);
    LearnerDelta wayBack = DeltaFields.read(in);
    learner.mark(wayBack);
    RoundGate resumed =
        new RoundGate(settings, family, learner, gate, Offsets.read(in), in.readLong());
    resumed.good.apply(wayBack.serving(), resumed.goodHash);
    resumed.requireGood(wayBack.servingHash());
    return resumed;
  }

  void save(DataOutput out) throws IOException {
    gate.save(out);
    DeltaFields.write(learner.wayBack(), out);
    since.write(out);
    out.writeLong(skipped);
  }

  /** The learner's prediction, or the last good state's where that is no number. */
  Prediction predict(EncodedExample example) {
    Prediction prediction = learner.predict(example);
    if (Float.isFinite(prediction.logit())) {
      return prediction;
    }
    gate.notFinite("the prediction at an impression is " + prediction.logit());
    float[] counters = reference.counters(example);
    float logit = reference.logit(example, counters);
    return new Prediction(logit, reference.calibrate(logit), counters);
  }

  /** Lets both states score examples that neither has trained on. */
  void score(List<EncodedExample> examples, float[] labels, float[] weights) {
    if (examples.isEmpty()) {
      return;
    }
    EncodedExample[] features = examples.toArray(EncodedExample[]::new);
    gate.add(
        new ScoredBatch(
            labels,
            weights,
            probabilities(candidate, features),
            probabilities(reference, features)));
  }

  private static float[] probabilities(Scorer scorer, EncodedExample[] features) {
    float[] scores = new float[features.length];
    scorer.logits(features, scores);
    for (int i = 0; i < scores.length; i++) {
      scores[i] = scorer.calibrate(scores[i]);
    }
    return scores;
  }

  /** The learner has trained on this example, or tried to. */
  void learnt(int partition, long offset) {
    since.add(partition, offset);
  }

  /** A step came to nothing: the round ends with it. */
  void diverged(String problem) {
    gate.notFinite(problem);
  }

  /** The learner now stands at a round's end, and is looked through for numbers that are none. */
  void roundEnded() {
    String problem = learner.notFinite();
    if (problem != null) {
      gate.notFinite(problem);
    }
  }

  /** Judges the round that ended last, by all that was scored until now. */
  Judged decide() {
    Verdict verdict = gate.judge();
    if (verdict.outcome() == Outcome.REFUSED) {
      return refuse(verdict);
    }
    if (verdict.movesReference()) {
      markGood();
    }
    return new Judged(verdict, new Offsets(), StateDelta.NONE, null);
  }

  private Judged refuse(Verdict verdict) {
    StateDelta candidate = learner.sinceMark();
    HashValue candidateHash = learner.undrained().servingHash();
    learner.goBack();
    Offsets unlearnt = since;
    since = new Offsets();
    skipped += unlearnt.size();
    return new Judged(verdict, unlearnt, candidate, candidateHash);
  }

  /** The learner's state was replaced by one that is good. */
  void replaced() {
    gate.restart();
    markGood();
  }

  private void markGood() {
    good.apply(learner.sinceMark(), goodHash);
    learner.mark();
    requireGood(learner.wayBack().servingHash());
    since = new Offsets();
  }

  private void requireGood(HashValue expected) {
    if (!goodHash.value().equals(expected)) {
      throw new IllegalStateException(
          "the copy of the last good state must have hash %s, it has %s"
              .formatted(expected, goodHash.value()));
    }
  }

  void metrics(Map<String, Double> into) {
    Gate.Totals totals = gate.totals();
    into.put(RoundMetrics.PASSED, (double) totals.passed());
    into.put(RoundMetrics.REFUSED, (double) totals.refused());
    into.put(RoundMetrics.FORCED, (double) totals.forced());
    into.put(RoundMetrics.SKIPPED, (double) skipped);
  }
}
