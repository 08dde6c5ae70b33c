package io.freshet.scoring.ctr;

/** How the positions of a history become one vector. */
public enum Pooling {
  /** By the activation unit's weights, which depend on the candidate (DIN, arXiv 1706.06978). */
  ATTENTION,
  /** By their mean, the base model that the DIN paper compares with. */
  MEAN
}
