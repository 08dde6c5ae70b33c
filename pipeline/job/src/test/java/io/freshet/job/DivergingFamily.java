package io.freshet.job;

import io.freshet.learning.Diverged;
import io.freshet.learning.Example;
import io.freshet.learning.Hardware;
import io.freshet.learning.Learner;
import io.freshet.learning.LearnerFamily;
import io.freshet.learning.Prediction;
import io.freshet.learning.StepResult;
import io.freshet.scoring.ScorerFamily;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.LearnerDelta;
import io.freshet.scoring.state.LearnerState;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.StateDelta;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A family whose learners are ruined by some examples: after a step with one of them the learner
 * says that its loss was no number. A function of the example alone, so that a rerun is ruined at
 * the same place.
 */
final class DivergingFamily implements LearnerFamily {

  private final LearnerFamily family;
  private final LongPredicate ruins;

  /**
   * @param ruins whether the example of this id is one of them
   */
  DivergingFamily(LearnerFamily family, LongPredicate ruins) {
    this.family = family;
    this.ruins = ruins;
  }

  @Override
  public ScorerFamily scoring() {
    return family.scoring();
  }

  @Override
  public List<String> engines() {
    return family.engines();
  }

  @Override
  public Learner create(ModelSettings settings, Hardware hardware) {
    return new Ruined(family.create(settings, hardware));
  }

  @Override
  public LearnerState emptyState(ModelSettings settings) {
    return family.emptyState(settings);
  }

  @Override
  public Learner resume(
      ModelSettings settings, LearnerState drained, LearnerDelta undrained, Hardware hardware) {
    return new Ruined(family.resume(settings, drained, undrained, hardware));
  }

  private final class Ruined implements Learner {

    private final Learner learner;

    Ruined(Learner learner) {
      this.learner = learner;
    }

    @Override
    public StepResult train(List<Example> batch) {
      StepResult result = learner.train(batch);
      if (batch.stream().anyMatch(example -> ruins.test(example.id()))) {
        throw new Diverged("the loss of step %d is part of the test".formatted(result.step()));
      }
      return result;
    }

    @Override
    public ModelSettings settings() {
      return learner.settings();
    }

    @Override
    public long step() {
      return learner.step();
    }

    @Override
    public long parameters() {
      return learner.parameters();
    }

    @Override
    public long tableRows() {
      return learner.tableRows();
    }

    @Override
    public String engine() {
      return learner.engine();
    }

    @Override
    public Prediction predict(EncodedExample example) {
      return learner.predict(example);
    }

    @Override
    public void endRound(long eventTime) {
      learner.endRound(eventTime);
    }

    @Override
    public LearnerDelta drain() {
      return learner.drain();
    }

    @Override
    public LearnerDelta undrained() {
      return learner.undrained();
    }

    @Override
    public ModelState servingState() {
      return learner.servingState();
    }

    @Override
    public HashValue servingHash() {
      return learner.servingHash();
    }

    @Override
    public Map<String, Double> metrics() {
      return learner.metrics();
    }

    @Override
    public HashValue learnerHash() {
      return learner.learnerHash();
    }

    @Override
    public LearnerState snapshot() {
      return learner.snapshot();
    }

    @Override
    public @Nullable String notFinite() {
      return learner.notFinite();
    }

    @Override
    public void mark() {
      learner.mark();
    }

    @Override
    public void goBack() {
      learner.goBack();
    }

    @Override
    public void become(LearnerState state) {
      learner.become(state);
    }

    @Override
    public LearnerDelta wayBack() {
      return learner.wayBack();
    }

    @Override
    public void mark(LearnerDelta wayBack) {
      learner.mark(wayBack);
    }

    @Override
    public StateDelta sinceMark() {
      return learner.sinceMark();
    }

    @Override
    public void close() {
      learner.close();
    }
  }
}
