/**
 * Gradient-boosted neural networks in their batch form, as published. Knows tables of numbers, no
 * features and no stream; everything in double precision and, by seed, repeatable bit by bit.
 */
@NullMarked
package io.freshet.learning.gbnn;

import org.jspecify.annotations.NullMarked;
