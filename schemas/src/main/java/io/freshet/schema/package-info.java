/**
 * The contracts of everything that Freshet writes to Kafka. Avro schemas lie in {@code
 * src/main/avro}, their generated classes in {@code io.freshet.schema.avro}; this package turns
 * records into bytes and back, and knows the topics and keys. It knows neither Kafka's client nor
 * any model.
 */
@NullMarked
package io.freshet.schema;

import org.jspecify.annotations.NullMarked;
