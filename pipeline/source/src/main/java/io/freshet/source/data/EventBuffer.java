package io.freshet.source.data;

import io.freshet.schema.event.Event;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * An iterator over events that are made a group at a time, each group in order. Events before the
 * first wanted index are made too and let go: what a data set's events are depends on those before.
 */
abstract class EventBuffer implements Iterator<Event> {

  private final ArrayDeque<Event> made = new ArrayDeque<>();
  private final long first;
  private long index;

  EventBuffer(long first) {
    if (first < 0) {
      throw new IllegalArgumentException("index must not be negative, came " + first);
    }
    this.first = first;
  }

  /** Makes the events of the next group by {@link #add}; false at the end. */
  abstract boolean makeMore();

  /** The index that the next event added must carry. */
  final long index() {
    return index;
  }

  final void add(Event event) {
    if (index >= first) {
      made.add(event);
    }
    index++;
  }

  @Override
  public final boolean hasNext() {
    while (made.isEmpty()) {
      if (!makeMore()) {
        return false;
      }
    }
    return true;
  }

  @Override
  public final Event next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the source ends at index " + index);
    }
    return made.remove();
  }
}
