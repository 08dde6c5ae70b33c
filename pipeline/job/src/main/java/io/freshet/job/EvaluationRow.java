package io.freshet.job;

import org.jspecify.annotations.Nullable;

/**
 * What one model said of one example and what became of it: a row of the predictions file.
 *
 * @param step the step that trained on it; references share the step of their own sequence
 * @param prediction the one that counts: made with what was known at the impression
 * @param raw the same before calibration
 * @param predictionAtTraining just before the step
 * @param grade the judges', in ranking models' rows where there is one; no learner sees it
 */
public record EvaluationRow(
    String exampleId,
    long impressionTime,
    long readyTime,
    @Nullable String userId,
    String itemId,
    @Nullable String queryId,
    int position,
    float label,
    float weight,
    float prediction,
    float raw,
    float predictionAtTraining,
    @Nullable Double trueProbability,
    @Nullable Double propensity,
    @Nullable Integer grade) {}
