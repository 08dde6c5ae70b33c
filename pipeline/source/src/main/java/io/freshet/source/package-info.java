/**
 * Where events come from: simulators, published data sets and files of events. A source is a
 * function of its settings and its seed, so the same settings give the same events. It knows the
 * schemas and no engine.
 */
@NullMarked
package io.freshet.source;

import org.jspecify.annotations.NullMarked;
