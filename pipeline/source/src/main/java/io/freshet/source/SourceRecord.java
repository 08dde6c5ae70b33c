package io.freshet.source;

import io.freshet.schema.event.Event;

/** What a source yields at an index: an event, or bytes that should have been one. */
public sealed interface SourceRecord {

  /** Position in the source. */
  long index();

  /** An event. */
  record Good(Event event) implements SourceRecord {
    @Override
    public long index() {
      return event.sourceIndex();
    }
  }

  /**
   * A record that is no event.
   *
   * @param bytes as they were read
   * @param reason what must hold, and what came
   */
  record Bad(byte[] bytes, String reason, long index) implements SourceRecord {}
}
