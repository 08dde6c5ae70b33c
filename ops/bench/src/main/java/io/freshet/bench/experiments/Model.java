package io.freshet.bench.experiments;

import io.freshet.learning.gbnn.Columns;

/** A trained model: scores [outputs][rows], of which the largest is the class, or the value. */
interface Model {

  double[][] scores(Columns inputs);
}
