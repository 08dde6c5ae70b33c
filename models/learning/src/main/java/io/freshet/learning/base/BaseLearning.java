package io.freshet.learning.base;

import io.freshet.learning.ctr.CtrFamily;
import io.freshet.scoring.base.BaseScoring;

/**
 * The base model that the DIN paper compares with (arXiv 1706.06978): a history is pooled by its
 * mean.
 */
public final class BaseLearning extends CtrFamily {

  public BaseLearning() {
    this(new BaseScoring());
  }

  private BaseLearning(BaseScoring scoring) {
    super(scoring, scoring::shape);
  }
}
