/** Models side by side: their figures over time, and whether a difference is real. */
@NullMarked
package io.freshet.cli.compare;

import org.jspecify.annotations.NullMarked;
