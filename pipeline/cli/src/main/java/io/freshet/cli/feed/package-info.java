/** Sends a source's events to Kafka and remembers when its clock passed which event time. */
@NullMarked
package io.freshet.cli.feed;

import org.jspecify.annotations.NullMarked;
