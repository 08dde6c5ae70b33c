/**
 * The contracts of Freshet: events that come in and records of the model log that go out. Avro
 * defines them, and this package turns them to and from bytes and JSON. Schemas only grow, so
 * that every log ever written can still be read.
 */
@NullMarked
package io.freshet.schema;

import org.jspecify.annotations.NullMarked;
