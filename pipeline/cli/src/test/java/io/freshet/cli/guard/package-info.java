/**
 * Guards against fooling ourselves: labels without meaning teach nothing, nothing predicts better
 * than the truth, and attention is worth its cost.
 */
@NullMarked
package io.freshet.cli.guard;

import org.jspecify.annotations.NullMarked;
