/**
 * Tables that learn: which ids have a row, how often and when each was seen, which rows changed
 * since the last drain.
 */
@NullMarked
package io.freshet.learning.table;

import org.jspecify.annotations.NullMarked;
