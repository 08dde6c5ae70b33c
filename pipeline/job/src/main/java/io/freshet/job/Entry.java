package io.freshet.job;

import io.freshet.scoring.feature.Instance;
import io.freshet.scoring.feature.PastIds;
import org.jspecify.annotations.Nullable;

/**
 * One entry of the sequence that a learner sees. Entries are processed in the order of (time, kind,
 * hash, example id): at equal times every prediction comes before any training.
 */
public sealed interface Entry {

  /** Event time; milliseconds since 1970 UTC. */
  long time();

  /** XXH3-64 of the example id. */
  long hash();

  /** The impression id. */
  String exampleId();

  /**
   * Index of the input partition whose record this entry came from, in the order of the job's list
   * of them.
   */
  int partition();

  /** Offset of that record. */
  long offset();

  /**
   * At the impression: the features, frozen.
   *
   * @param instance without histories
   * @param past the user's histories, packed by the plan of all models of the job
   */
  record Predict(
      long time,
      long hash,
      String exampleId,
      int partition,
      long offset,
      Instance instance,
      PastIds past,
      @Nullable String queryId,
      @Nullable Double propensity,
      @Nullable Double trueProbability)
      implements Entry {}

  /**
   * When the label is known. {@code kind} is the name of a {@code
   * io.freshet.learning.Example.Kind}.
   */
  record Train(
      long time,
      long hash,
      String exampleId,
      int partition,
      long offset,
      float label,
      float weight,
      byte kind)
      implements Entry {}
}
