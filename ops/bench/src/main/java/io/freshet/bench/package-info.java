/**
 * Benchmarks of the paths that must be fast: kernels, scoring, learning and the model log. Each
 * runs on inputs made from a fixed seed, under JMH where single calls are timed. A figure in a
 * document names the command that prints it: {@code ops/measure}, {@code ops/results}.
 */
@NullMarked
package io.freshet.bench;

import org.jspecify.annotations.NullMarked;
