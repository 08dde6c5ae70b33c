/**
 * Which of two models is better on the same stream, judged while it runs: {@link
 * io.freshet.learning.compare.PairedComparison} may be looked at as often as one likes, and {@link
 * io.freshet.learning.compare.PromotionRule} says when the better one takes over. For rows that are
 * all there, see {@link io.freshet.learning.metric.PairedDifference}.
 */
@NullMarked
package io.freshet.learning.compare;

import org.jspecify.annotations.NullMarked;
