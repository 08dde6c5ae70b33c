package io.freshet.source;

import io.freshet.schema.event.Event;
import java.util.Iterator;
import java.util.OptionalLong;

/**
 * A stream of events that is a function of (seed, index): it starts again at any index with the
 * same events. Events come in event-time order unless the source says otherwise; each carries its
 * index. Heartbeats are not among them: whoever sends the events to Kafka writes those.
 */
public interface Source {

  /** As on the command line, without the path: {@code simulator}, {@code online-retail}. */
  String name();

  /**
   * What is stated wherever a result is reported: {@code real impressions}, {@code constructed
   * negatives}, ...
   */
  String labels();

  /** What suits the source's time scale where the models file is silent. */
  StreamDefaults defaults();

  /** The number of events, where it is bounded and known. */
  OptionalLong size();

  /** Events from {@code index} on; what is no event is left out, see {@link #records}. */
  Iterator<Event> from(long index);

  /**
   * Everything from {@code index} on: events, and for sources that read what others wrote also the
   * records that are no events, which whoever sends the events must hand to the dead letters. Use
   * this wherever nothing may be lost.
   */
  default Iterator<SourceRecord> records(long index) {
    Iterator<Event> events = from(index);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return events.hasNext();
      }

      @Override
      public SourceRecord next() {
        return new SourceRecord.Good(events.next());
      }
    };
  }

  /**
   * @param outOfOrdernessMs an event this much older than its partition's newest is late
   * @param waitMs from an impression to the end of the wait for its label
   * @param spanMs aligned event-time boundary at which an unfilled batch closes
   */
  record StreamDefaults(long outOfOrdernessMs, long waitMs, long spanMs) {}
}
