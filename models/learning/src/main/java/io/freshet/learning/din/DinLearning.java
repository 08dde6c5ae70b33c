package io.freshet.learning.din;

import io.freshet.learning.ctr.CtrFamily;
import io.freshet.scoring.din.DinScoring;

/**
 * The Deep Interest Network (Zhou et al., KDD 2018, arXiv 1706.06978): a history is pooled with
 * weights a(k, q) that a small network gives to each of its positions k beside the candidate q.
 */
public final class DinLearning extends CtrFamily {

  public DinLearning() {
    this(new DinScoring());
  }

  private DinLearning(DinScoring scoring) {
    super(scoring, scoring::shape);
  }
}
