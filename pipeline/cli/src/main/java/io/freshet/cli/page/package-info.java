/** The live page: figures of a running demo in a browser and for Prometheus. */
@NullMarked
package io.freshet.cli.page;

import org.jspecify.annotations.NullMarked;
