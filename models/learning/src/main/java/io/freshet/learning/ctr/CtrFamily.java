package io.freshet.learning.ctr;

import io.freshet.learning.Learner;
import io.freshet.learning.LearnerFamily;
import io.freshet.learning.engine.CtrEngines;
import io.freshet.scoring.ScorerFamily;
import io.freshet.scoring.ctr.CtrShape;
import io.freshet.scoring.settings.ModelSettings;
import java.io.DataInput;
import java.io.IOException;
import java.util.function.Function;

/** A family of click-through networks, which differ in how a history becomes one vector. */
public abstract class CtrFamily implements LearnerFamily {

  private final ScorerFamily scoring;
  private final Function<ModelSettings, CtrShape> shapes;

  protected CtrFamily(ScorerFamily scoring, Function<ModelSettings, CtrShape> shapes) {
    this.scoring = scoring;
    this.shapes = shapes;
  }

  @Override
  public final ScorerFamily scoring() {
    return scoring;
  }

  @Override
  public final Learner create(ModelSettings settings) {
    CtrLearner learner = empty(settings);
    learner.create();
    return learner;
  }

  @Override
  public final Learner resume(ModelSettings settings, DataInput in) throws IOException {
    CtrLearner learner = empty(settings);
    try {
      learner.load(in);
    } catch (IOException | RuntimeException e) {
      learner.close();
      throw e;
    }
    return learner;
  }

  private CtrLearner empty(ModelSettings settings) {
    CtrShape shape = shapes.apply(settings);
    return new CtrLearner(settings, shape, CtrEngines.of(settings.engine(), shape));
  }
}
