/**
 * What a serving application depends on: a reader that follows the model log, verifies every
 * version and swaps it into a scorer. It brings neither Flink nor a native library. Reading never
 * blocks scoring.
 */
@NullMarked
package io.freshet.serving;

import org.jspecify.annotations.NullMarked;
