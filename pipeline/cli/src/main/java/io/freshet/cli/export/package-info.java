/** Versions as files that other tools read. */
@NullMarked
package io.freshet.cli.export;

import org.jspecify.annotations.NullMarked;
