package io.freshet.learning;

/**
 * What a step returns, all of it from before the step.
 *
 * @param loss mean weighted log loss of the batch, without regularisation
 * @param predictions [examples] calibrated probabilities just before the step
 */
public record StepResult(long step, double loss, float[] predictions) {}
