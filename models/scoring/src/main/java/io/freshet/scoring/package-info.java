/**
 * Everything that a serving process computes, in plain Java: features encoded, model state held,
 * hashed and changed by deltas, and the scorers of all families. A scorer needs no native library
 * and no engine. Families live in subpackages and do not know each other.
 */
@NullMarked
package io.freshet.scoring;

import org.jspecify.annotations.NullMarked;
