package io.freshet.learning.ctr;

import io.freshet.learning.Hardware;
import io.freshet.learning.Learner;
import io.freshet.learning.LearnerFamily;
import io.freshet.learning.engine.CtrEngines;
import io.freshet.learning.engine.CtrMath;
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
  public final Learner create(ModelSettings settings, Hardware hardware) {
    CtrLearner learner = empty(settings, shape -> CtrEngines.of(settings, shape, hardware));
    learner.create();
    return learner;
  }

  @Override
  public final LearnerState emptyState(ModelSettings settings) {
    // Nothing is computed with it: it needs no GPU.
    try (CtrLearner learner = empty(settings, shape -> CtrEngines.of(settings.engine(), shape))) {
      return learner.emptyState();
    }
  }

  @Override
  public final Learner resume(
      ModelSettings settings, LearnerState drained, LearnerDelta undrained, Hardware hardware) {
    CtrLearner learner = empty(settings, shape -> CtrEngines.of(settings, shape, hardware));
    try {
      learner.load(drained, undrained);
    } catch (RuntimeException e) {
      learner.close();
      throw e;
    }
    return learner;
  }

  private CtrLearner empty(ModelSettings settings, Function<CtrShape, CtrMath> engine) {
    return new CtrLearner(settings, shapes.apply(settings), scoring, tops, engine);
  }
}
