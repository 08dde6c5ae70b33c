/** A run in this process: broker, cluster, job, feed and readers, and how they begin and end. */
@NullMarked
package io.freshet.cli.run;

import org.jspecify.annotations.NullMarked;
