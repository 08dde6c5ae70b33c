package io.freshet.learning.ctr;

import io.freshet.learning.Learner;
import io.freshet.learning.LearnerFamily;
import io.freshet.scoring.ScorerFamily;
import io.freshet.scoring.ctr.CtrShape;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.state.LearnerDelta;
import io.freshet.scoring.state.LearnerState;
import java.util.List;
import java.util.function.Function;

/**
 * A family of click-through networks, which differ in how a history becomes one vector and in what
 * stands on top.
 */
public abstract class CtrFamily implements LearnerFamily {

  private final ScorerFamily scoring;
  private final Function<ModelSettings, CtrShape> shapes;
  private final List<String> engines;
  private final CtrTop.Factory tops;

  /** With hidden layers on top. */
  protected CtrFamily(ScorerFamily scoring, Function<ModelSettings, CtrShape> shapes) {
    this(scoring, shapes, List.of("djl"), LayeredTop::new);
  }

  protected CtrFamily(
      ScorerFamily scoring,
      Function<ModelSettings, CtrShape> shapes,
      List<String> engines,
      CtrTop.Factory tops) {
    this.scoring = scoring;
    this.shapes = shapes;
    this.engines = List.copyOf(engines);
    this.tops = tops;
  }

  @Override
  public final ScorerFamily scoring() {
    return scoring;
  }

  @Override
  public final List<String> engines() {
    return engines;
  }

  @Override
  public final Learner create(ModelSettings settings) {
    CtrLearner learner = empty(settings);
    learner.create();
    return learner;
  }

  @Override
  public final LearnerState emptyState(ModelSettings settings) {
    try (CtrLearner learner = empty(settings)) {
      return learner.emptyState();
    }
  }

  @Override
  public final Learner resume(
      ModelSettings settings, LearnerState drained, LearnerDelta undrained) {
    CtrLearner learner = empty(settings);
    try {
      learner.load(drained, undrained);
    } catch (RuntimeException e) {
      learner.close();
      throw e;
    }
    return learner;
  }

  private CtrLearner empty(ModelSettings settings) {
    return new CtrLearner(settings, shapes.apply(settings), scoring, tops);
  }
}
