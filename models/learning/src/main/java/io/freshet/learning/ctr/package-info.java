/**
 * The learner that the families {@code din} and {@code base} share: tables, statistics, counters
 * and calibration in plain Java around an engine that differentiates the network.
 */
@NullMarked
package io.freshet.learning.ctr;

import org.jspecify.annotations.NullMarked;
