/**
 * Whether a round's candidate may become a version: {@link io.freshet.learning.gate.Gate} is told
 * what changed and how candidate and reference scored, and judges. It neither scores nor trains nor
 * publishes.
 */
@NullMarked
package io.freshet.learning.gate;

import org.jspecify.annotations.NullMarked;
