/**
 * Benchmarks of the paths that must be fast: kernels, scoring, learning and the model log. Each
 * runs under JMH on inputs made from a fixed seed. A figure in a document names the benchmark that
 * prints it.
 */
@NullMarked
package io.freshet.bench;

import org.jspecify.annotations.NullMarked;
