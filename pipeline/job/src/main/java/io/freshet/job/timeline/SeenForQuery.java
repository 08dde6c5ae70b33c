package io.freshet.job.timeline;

import io.freshet.job.Entry;
import org.jspecify.annotations.Nullable;

/**
 * An impression of a query whose window is not closed yet.
 *
 * @param window event time at which its window opened
 * @param position counted from 1; 0 = unknown
 * @param label null while it is not known
 */
record SeenForQuery(long window, String itemId, int position, Entry.@Nullable Train label) {}
