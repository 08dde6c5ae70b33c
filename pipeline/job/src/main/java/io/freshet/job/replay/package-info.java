/** The learners' sequence without Flink: what rebuilds are made with, and the job's oracle. */
@NullMarked
package io.freshet.job.replay;

import org.jspecify.annotations.NullMarked;
