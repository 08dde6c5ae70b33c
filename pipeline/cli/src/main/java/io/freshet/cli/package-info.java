/**
 * The command line, one class a command. It runs the job with an embedded broker and cluster,
 * reports what was learned and shows it on a live page. This is the only place that reads a wall
 * clock for people.
 */
@NullMarked
package io.freshet.cli;

import org.jspecify.annotations.NullMarked;
