/** The papers' own experiments, run again: commands that write a table beside the published one. */
@NullMarked
package io.freshet.bench.experiments;

import org.jspecify.annotations.NullMarked;
