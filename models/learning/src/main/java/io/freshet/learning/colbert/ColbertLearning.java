package io.freshet.learning.colbert;

import io.freshet.learning.Hardware;
import io.freshet.learning.Learner;
import io.freshet.learning.LearnerFamily;
import io.freshet.scoring.ScorerFamily;
import io.freshet.scoring.colbert.ColbertScoring;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.state.LearnerDelta;
import io.freshet.scoring.state.LearnerState;
import java.util.List;

/** Late interaction of a query's and a document's tokens, learnt from what queries show. */
public final class ColbertLearning implements LearnerFamily {

  static final String ENGINE = "java";

  @Override
  public ScorerFamily scoring() {
    return new ColbertScoring();
  }

  @Override
  public List<String> engines() {
    return List.of(ENGINE);
  }

  @Override
  public Learner create(ModelSettings settings, Hardware hardware) {
    ColbertLearner learner = new ColbertLearner(settings);
    learner.create();
    return learner;
  }

  @Override
  public LearnerState emptyState(ModelSettings settings) {
    return new ColbertLearner(settings).emptyState();
  }

  @Override
  public Learner resume(
      ModelSettings settings, LearnerState drained, LearnerDelta undrained, Hardware hardware) {
    ColbertLearner learner = new ColbertLearner(settings);
    learner.load(drained, undrained);
    return learner;
  }
}
