/**
 * Scoring of family {@code boosted-mlp}: a sum of small networks, which can be cut short.
 *
 * <p>After Emami and Martínez-Muñoz, "Sequential Training of Neural Networks with Gradient
 * Boosting", arXiv 1909.12098.
 */
@NullMarked
package io.freshet.scoring.boosted;

import org.jspecify.annotations.NullMarked;
