/** Files of events as JSON lines. */
@NullMarked
package io.freshet.source.file;

import org.jspecify.annotations.NullMarked;
