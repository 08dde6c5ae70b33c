package io.freshet.schema;

import io.freshet.schema.avro.Click;
import io.freshet.schema.avro.Impression;
import io.freshet.schema.avro.Item;
import io.freshet.schema.avro.Judgment;
import io.freshet.schema.avro.Query;
import io.freshet.schema.avro.Served;
import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.Heartbeat;
import io.freshet.schema.event.ImpressionEvent;
import io.freshet.schema.event.ItemEvent;
import io.freshet.schema.event.JudgmentEvent;
import io.freshet.schema.event.QueryEvent;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Events as the values of Kafka records, see {@link AvroCodec}. An instance belongs to one thread.
 */
public final class EventCodec {

  private final AvroCodec codec =
      AvroCodec.of(
          Impression.class,
          Click.class,
          Item.class,
          Query.class,
          Judgment.class,
          io.freshet.schema.avro.Heartbeat.class);

  /**
   * The event's bytes. Its values are checked by whoever reads them, not here, so that no producer
   * can lose an event unseen.
   *
   * @throws IllegalArgumentException if a required field is null
   */
  public byte[] encode(Event event) {
    return codec.encode(toAvro(event));
  }

  /**
   * The event in {@code bytes}; it satisfies {@link EventRules}.
   *
   * @param bytes a Kafka record's value, null for a tombstone
   * @throws UndecodableRecord if they are no event, or one that breaks a rule
   */
  public Event decode(byte @Nullable [] bytes) throws UndecodableRecord {
    if (bytes == null) {
      throw new UndecodableRecord("event must have a value, got a record without one");
    }
    Event event = fromAvro(codec.decode(bytes));
    EventRules.check(event);
    return event;
  }

  private static SpecificRecord toAvro(Event event) {
    if (event instanceof ImpressionEvent e) {
      ImpressionEvent.Served served = e.served();
      return new Impression(
          e.impressionId(),
          e.itemId(),
          e.eventTime(),
          e.userId(),
          e.position(),
          e.queryId(),
          e.context(),
          served == null
              ? null
              : new Served(served.model(), served.epoch(), served.version(), served.score()),
          e.propensity(),
          e.trueClickProbability(),
          e.eventId(),
          e.sourceIndex());
    } else if (event instanceof ClickEvent e) {
      return new Click(
          e.impressionId(),
          e.itemId(),
          e.userId(),
          e.queryId(),
          e.eventTime(),
          e.action(),
          e.value(),
          e.eventId(),
          e.sourceIndex());
    } else if (event instanceof ItemEvent e) {
      return new Item(
          e.itemId(),
          e.eventTime(),
          e.attributes(),
          e.text(),
          e.removed(),
          e.eventId(),
          e.sourceIndex());
    } else if (event instanceof QueryEvent e) {
      return new Query(
          e.queryId(),
          e.userId(),
          e.text(),
          e.eventTime(),
          e.results(),
          e.eventId(),
          e.sourceIndex());
    } else if (event instanceof JudgmentEvent e) {
      return new Judgment(
          e.queryId(), e.itemId(), e.grade(), e.eventTime(), e.eventId(), e.sourceIndex());
    } else if (event instanceof Heartbeat e) {
      return new io.freshet.schema.avro.Heartbeat(e.eventTime(), e.producer(), e.sourceIndex());
    }
    throw new IllegalArgumentException("event must be of a kind that has a schema, got " + event);
  }

  private static Event fromAvro(SpecificRecord message) {
    if (message instanceof Impression m) {
      Served served = m.getServed();
      return new ImpressionEvent(
          m.getImpressionId(),
          m.getItemId(),
          m.getEventTime(),
          m.getUserId(),
          m.getPosition(),
          m.getQueryId(),
          Attributes.fromAvro(m.getContext()),
          served == null
              ? null
              : new ImpressionEvent.Served(
                  served.getModel(), served.getEpoch(), served.getVersion(), served.getScore()),
          m.getPropensity(),
          m.getTrueClickProbability(),
          m.getEventId(),
          m.getSourceIndex());
    } else if (message instanceof Click m) {
      return new ClickEvent(
          m.getImpressionId(),
          m.getItemId(),
          m.getUserId(),
          m.getQueryId(),
          m.getEventTime(),
          m.getAction(),
          m.getValue(),
          m.getEventId(),
          m.getSourceIndex());
    } else if (message instanceof Item m) {
      return new ItemEvent(
          m.getItemId(),
          m.getEventTime(),
          Attributes.fromAvro(m.getAttributes()),
          m.getText(),
          m.getRemoved(),
          m.getEventId(),
          m.getSourceIndex());
    } else if (message instanceof Query m) {
      return new QueryEvent(
          m.getQueryId(),
          m.getUserId(),
          m.getText(),
          m.getEventTime(),
          List.copyOf(m.getResults()),
          m.getEventId(),
          m.getSourceIndex());
    } else if (message instanceof Judgment m) {
      return new JudgmentEvent(
          m.getQueryId(),
          m.getItemId(),
          m.getGrade(),
          m.getEventTime(),
          m.getEventId(),
          m.getSourceIndex());
    } else if (message instanceof io.freshet.schema.avro.Heartbeat m) {
      return new Heartbeat(m.getEventTime(), m.getProducer(), m.getSourceIndex());
    }
    throw new IllegalStateException("the codec must know only events, got a " + message.getClass());
  }
}
