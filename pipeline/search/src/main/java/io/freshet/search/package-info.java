/**
 * Search that learns: Lucene finds a catalogue's documents that share words with a query, and the
 * freshest verified version of a late-interaction model orders them and says why. Part of serving
 * processes: neither Flink nor a native library.
 */
@NullMarked
package io.freshet.search;

import org.jspecify.annotations.NullMarked;
