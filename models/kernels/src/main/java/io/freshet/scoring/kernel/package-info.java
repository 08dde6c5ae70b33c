/**
 * Number kernels: products, activations and reductions over plain arrays. Each kernel has a plain
 * form, and where it pays one by the Vector API with the same result. A kernel knows arrays and
 * nothing else.
 */
@NullMarked
package io.freshet.scoring.kernel;

import org.jspecify.annotations.NullMarked;
