/** Scoring over HTTP, by the Open Inference Protocol and in a small form for people. */
@NullMarked
package io.freshet.cli.serve;

import org.jspecify.annotations.NullMarked;
