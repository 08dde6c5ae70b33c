package io.freshet.scoring.settings;

/**
 * When a round's candidate may become a version.
 *
 * @param enabled whether rounds are judged; every round passes otherwise, and a model that diverges
 *     ends the job
 * @param tolerance a candidate counts as worse than the reference where its log loss is higher by
 *     more than this share of the entropy of the reference's predictions
 * @param calibrationBand the mean label may differ from the mean prediction by this factor of odds
 * @param roundsPerFalseRefusal a sound learner waits at least this many rounds, on average, for a
 *     refusal
 * @param hold rounds after which the reference moves on to the candidate, where nothing is
 *     suspicious
 * @param patience refusals without the reference moving on; at the next one the gate steps aside
 * @param aside rounds that are not judged, at a model's start and after stepping aside
 */
public record GateSettings(
    boolean enabled,
    double tolerance,
    double calibrationBand,
    double roundsPerFalseRefusal,
    int hold,
    int patience,
    int aside) {

  public static final GateSettings DEFAULT = new GateSettings(true, 0.01, 1.5, 100_000, 16, 8, 32);
}
