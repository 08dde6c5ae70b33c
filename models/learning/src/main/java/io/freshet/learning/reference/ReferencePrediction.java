package io.freshet.learning.reference;

/**
 * A prediction and the features that it was made from.
 *
 * @param probability the prediction that counts
 * @param frozen all that {@link Reference#train} needs of the impression, so that nobody has to
 *     keep the example: no element for {@code prior}, one or two for the other rates, about one per
 *     active feature for {@code logistic-regression}. Never changed; opaque to everyone but the
 *     reference that made it.
 */
public record ReferencePrediction(float probability, long[] frozen) {}
