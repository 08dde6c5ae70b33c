package io.freshet.job;

import io.freshet.scoring.feature.Instance;
import io.freshet.scoring.feature.PastIds;
import org.jspecify.annotations.Nullable;

/**
 * One entry of the sequence that a learner sees. Entries are processed in the order of (time, kind,
 * group or else hash, position in the group, hash, example id): at equal times every prediction
 * comes before any training, and what was shown together for one query is trained on together.
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
      implements Entry {

    /**
     * The same with the text of its query.
     *
     * @param text null where the query is not known
     */
    public Predict withQuery(@Nullable String text) {
      return new Predict(
          time,
          hash,
          exampleId,
          partition,
          offset,
          new Instance(
              instance.itemId(),
              instance.item(),
              instance.userId(),
              instance.context(),
              instance.position(),
              instance.eventTime(),
              instance.histories(),
              text),
          past,
          queryId,
          propensity,
          trueProbability);
    }
  }

  /**
   * When the label is known; in a query's group, when all of its labels are.
   *
   * @param kind ordinal of a {@code io.freshet.learning.Example.Kind}
   * @param queryId the impression's
   * @param place in a query's group, null where examples are not grouped
   */
  record Train(
      long time,
      long hash,
      String exampleId,
      int partition,
      long offset,
      float label,
      float weight,
      byte kind,
      @Nullable String queryId,
      @Nullable Place place)
      implements Entry {

    /** The same in its query's group. */
    public Train in(long groupTime, Place groupPlace) {
      return new Train(
          groupTime, hash, exampleId, partition, offset, label, weight, kind, queryId, groupPlace);
    }
  }

  /**
   * An example's place among those that were shown for one query and are trained on together.
   *
   * @param group XXH3-64 of the query's id
   * @param position where it was shown, counted from 1; 0 = unknown
   * @param grade the judges', for evaluation only; null where nobody judged
   */
  record Place(long group, int position, @Nullable Integer grade) {}
}
