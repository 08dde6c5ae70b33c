/**
 * The learner of family {@code boosted-mlp}: a sum of small networks, all alive from the start,
 * each of which learns what those before it leave. Its mathematics is written out by hand and runs
 * on the kernels that score.
 */
@NullMarked
package io.freshet.learning.boosted;

import org.jspecify.annotations.NullMarked;
