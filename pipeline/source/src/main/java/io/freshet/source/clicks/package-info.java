/**
 * Models of how people click on ranked lists, and their truth. Clicks from here are simulated and
 * must be called so wherever a result is reported.
 */
@NullMarked
package io.freshet.source.clicks;

import org.jspecify.annotations.NullMarked;
