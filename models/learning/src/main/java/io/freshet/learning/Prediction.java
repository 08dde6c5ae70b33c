package io.freshet.learning;

/**
 * @param logit before calibration
 * @param probability after calibration
 * @param counters counter features as they were for this prediction
 */
public record Prediction(float logit, float probability, float[] counters) {}
