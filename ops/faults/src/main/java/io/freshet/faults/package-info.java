/**
 * Faults on purpose: a cluster of real processes is killed, paused, cut off, lied to and starved by
 * a plan that a seed draws, and what it learnt is compared with the sequential replay of its
 * events.
 */
@NullMarked
package io.freshet.faults;

import org.jspecify.annotations.NullMarked;
