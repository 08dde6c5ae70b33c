/** Figures of whole paths, each measured within one process against what it is compared with. */
@NullMarked
package io.freshet.bench.measure;

import org.jspecify.annotations.NullMarked;
