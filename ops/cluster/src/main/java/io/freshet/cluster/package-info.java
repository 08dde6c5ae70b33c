/**
 * A cluster of plain processes on this machine, started from Maven's jars: a broker, ZooKeeper, job
 * managers and task managers, each of which can be killed, paused and started again. For tests, and
 * to try on a laptop what a cluster does.
 */
@NullMarked
package io.freshet.cluster;

import org.jspecify.annotations.NullMarked;
