/**
 * Optimisers whose whole memory is in slots beside what they train, so that it can be saved, and
 * forgets.
 */
@NullMarked
package io.freshet.learning.optimizer;

import org.jspecify.annotations.NullMarked;
