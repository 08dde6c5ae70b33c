/** Searches for people: what was found and why, as pages and terminals show it. */
@NullMarked
package io.freshet.cli.search;

import org.jspecify.annotations.NullMarked;
