/**
 * Published data sets, turned into events: one class a data set, which says how and what is
 * constructed.
 */
@NullMarked
package io.freshet.source.data;

import org.jspecify.annotations.NullMarked;
