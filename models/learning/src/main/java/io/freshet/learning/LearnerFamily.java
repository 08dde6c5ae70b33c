package io.freshet.learning;

import io.freshet.scoring.ScorerFamily;
import io.freshet.scoring.settings.ModelSettings;
import java.io.DataInput;
import java.io.IOException;
import java.util.List;

/** One family of models. The registry {@link LearnerFamilies} lists them, one line each. */
public interface LearnerFamily {

  /** The scoring side of the family, which also names it. */
  ScorerFamily scoring();

  /** What may compute its learners' mathematics, the family's own choice first. */
  List<String> engines();

  Learner create(ModelSettings settings);

  /** A learner that goes on bit for bit where the saved one was, with equal settings. */
  Learner resume(ModelSettings settings, DataInput in) throws IOException;
}
