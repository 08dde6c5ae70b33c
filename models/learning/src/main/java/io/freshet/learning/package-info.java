/**
 * Everything that a learner computes: families, tables, losses, optimisers and streaming metrics. A
 * learner knows batches; order, time and transport are its caller's. The engine package alone knows
 * DJL.
 */
@NullMarked
package io.freshet.learning;

import org.jspecify.annotations.NullMarked;
