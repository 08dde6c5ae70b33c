/** Kafka as the commands see it: the broker inside this process, access to any other, topics. */
@NullMarked
package io.freshet.cli.kafka;

import org.jspecify.annotations.NullMarked;
