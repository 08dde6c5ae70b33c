/**
 * The click-through network that the families {@code din} and {@code base} share: its shape, its
 * inputs and its scorer. A family adds nothing but how a history becomes one vector.
 */
@NullMarked
package io.freshet.scoring.ctr;

import org.jspecify.annotations.NullMarked;
