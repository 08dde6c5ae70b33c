/**
 * Fakes for the tests of applications that score with Freshet: no Kafka, no threads, no model.
 * Nothing here is used in production.
 */
@NullMarked
package io.freshet.serving.testing;

import org.jspecify.annotations.NullMarked;
