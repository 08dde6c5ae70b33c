/** Events over HTTP into Kafka: checked, keyed, and acknowledged when Kafka has them. */
@NullMarked
package io.freshet.cli.collect;

import org.jspecify.annotations.NullMarked;
