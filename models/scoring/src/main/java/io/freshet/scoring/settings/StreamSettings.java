package io.freshet.scoring.settings;

/**
 * What all models of a job share: time, order and labels.
 *
 * @param outOfOrdernessMs an event this much older than its partition's newest is late
 * @param heartbeatMs event time between heartbeats of our own producers
 * @param labelAction the action that makes an example positive
 * @param waitMs from the impression to the end of the wait for its label
 * @param labelPolicy {@code wait} (an example is ready at its outcome or at the end of its wait)
 */
public record StreamSettings(
    long outOfOrdernessMs, long heartbeatMs, String labelAction, long waitMs, String labelPolicy) {

  /**
   * The action that stands for the lack of any: an impression whose wait ended without an outcome.
   */
  public static final String NO_ACTION = "none";

  /** The action by which the words of a user's own queries enter histories. */
  public static final String QUERY = "query";

  /** An example is ready at its outcome or at the end of its wait. */
  public static final String WAIT = "wait";

  public StreamSettings {
    Problems problems = new Problems();
    problems.check("stream.outOfOrderness", Limit.TIME, outOfOrdernessMs);
    problems.check("stream.heartbeat", Limit.POSITIVE_TIME, heartbeatMs);
    problems.check("labels.wait", Limit.TIME, waitMs);
    if (!ModelSettingsChecks.isAction(labelAction)
        || labelAction.equals(NO_ACTION)
        || labelAction.equals(QUERY)) {
      problems.add(
          "labels.action",
          "must be the name of an outcome, without blanks or '+' and neither 'none' nor 'query'",
          labelAction);
    }
    if (!labelPolicy.equals(WAIT)) {
      problems.add("labels.policy", "must be wait, the only policy there is", labelPolicy);
    }
    problems.throwIfAny();
  }
}
