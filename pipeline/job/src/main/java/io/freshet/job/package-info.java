/**
 * The Flink job that trains models: late events dropped, timelines joined, examples learned in
 * order and versions published. The topology is separate from the ends it is attached to, so the
 * same job runs embedded and on a cluster. Only this module knows Flink's operators.
 */
@NullMarked
package io.freshet.job;

import org.jspecify.annotations.NullMarked;
