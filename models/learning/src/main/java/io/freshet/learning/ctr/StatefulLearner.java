package io.freshet.learning.ctr;

import io.freshet.learning.Example;
import io.freshet.learning.Learner;
import io.freshet.learning.table.LearnerChanges;
import io.freshet.scoring.Scorer;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettings.Calibration;
import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.LearnerDelta;
import io.freshet.scoring.state.LearnerState;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.StateDelta;
import io.freshet.scoring.state.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A learner that {@link LearnerChanges} remembers everything for: whatever it learns, it is
 * drained, marked, taken back and resumed in the same way. A learner of this kind says how it
 * predicts and steps, and which of its components remember what.
 */
public abstract class StatefulLearner implements Learner {

  protected final ModelSettings settings;
  protected final ModelState state;
  protected final LearnerChanges changes;
  protected final Progress progress;
  private final PlattCalibrator calibrator = new PlattCalibrator();

  /**
   * @param state the serving part, with room in its tables for what is kept beside a row
   */
  protected StatefulLearner(ModelSettings settings, ModelState state, Progress progress) {
    this.settings = settings;
    this.state = state;
    this.changes = new LearnerChanges(state);
    this.progress = progress;
    changes.ownNumbers("progress", progress);
    calibrator.declare("calibrator", changes);
  }

  /** What {@code scorer} makes of logits. */
  protected static float[] probabilities(Scorer scorer, float[] logits) {
    float[] probabilities = new float[logits.length];
    for (int e = 0; e < logits.length; e++) {
      probabilities[e] = scorer.calibrate(logits[e]);
    }
    return probabilities;
  }

  /** Lets the calibration, where there is one, learn from what was predicted without it. */
  protected final void learnCalibration(List<Example> batch) {
    if (settings.calibration() == Calibration.PLATT) {
      for (Example example : batch) {
        calibrator.learn(example.rawLogit(), example.label(), example.weight());
      }
    }
  }

  /** Lets what the calibration has learnt take effect. */
  protected final void applyCalibration(Tensor calibration) {
    if (settings.calibration() == Calibration.PLATT) {
      calibrator.apply(calibration, changes);
    }
  }

  /** The layout of this learner's state, all zero and empty. */
  public final LearnerState emptyState() {
    return changes.emptyState();
  }

  /** Goes on from a state; this learner must be empty. */
  public void load(LearnerState drained, LearnerDelta undrained) {
    changes.load(drained, undrained);
  }

  @Override
  public final ModelSettings settings() {
    return settings;
  }

  @Override
  public final long step() {
    return progress.step();
  }

  @Override
  public final long tableRows() {
    return state.tables().values().stream().mapToLong(table -> table.size()).sum();
  }

  @Override
  public final ModelState servingState() {
    return state;
  }

  @Override
  public final HashValue servingHash() {
    return changes.servingHash();
  }

  @Override
  public final HashValue learnerHash() {
    return changes.learnerHash();
  }

  @Override
  public final LearnerDelta drain() {
    return changes.drain();
  }

  @Override
  public final LearnerDelta undrained() {
    return changes.undrained();
  }

  @Override
  public final LearnerState snapshot() {
    return changes.snapshot();
  }

  @Override
  public final @Nullable String notFinite() {
    return changes.notFinite();
  }

  @Override
  public final void mark() {
    changes.mark();
  }

  @Override
  public final void mark(LearnerDelta wayBack) {
    changes.mark(wayBack);
  }

  @Override
  public final LearnerDelta wayBack() {
    return changes.wayBack();
  }

  @Override
  public final StateDelta sinceMark() {
    return changes.sinceMark();
  }

  @Override
  public final void goBack() {
    progress.keepingSteps(changes::goBack);
  }

  @Override
  public final void become(LearnerState state) {
    progress.keepingSteps(() -> changes.become(state));
  }
}
