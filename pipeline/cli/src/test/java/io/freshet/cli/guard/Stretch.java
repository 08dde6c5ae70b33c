package io.freshet.cli.guard;

import io.freshet.job.Entry;
import io.freshet.job.input.InputPartitions;
import io.freshet.job.input.InputRecord;
import io.freshet.job.replay.SequentialReplay;
import io.freshet.schema.EventTopics;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.Heartbeat;
import io.freshet.schema.event.ImpressionEvent;
import io.freshet.scoring.settings.ModelsFile;
import io.freshet.source.Source;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Random;

/** The beginning of a source, and the learners' sequence that follows from it. */
final class Stretch {

  private static final EventTopics TOPICS = new EventTopics("");
  static final InputPartitions INPUTS = new InputPartitions(TOPICS.events());

  private Stretch() {}

  /**
   * The events up to so many impressions, and everything but impressions for {@code waitMs} longer:
   * an impression whose wait were cut off would have a wrong label.
   */
  static List<Event> events(Source source, int impressions, long waitMs) {
    List<Event> events = new ArrayList<>();
    int shown = 0;
    long end = Long.MAX_VALUE;
    for (Iterator<Event> all = source.from(0); all.hasNext(); ) {
      Event event = all.next();
      if (event.eventTime() > end) {
        break;
      }
      if (event instanceof ImpressionEvent) {
        if (shown == impressions) {
          continue;
        }
        shown++;
        end = shown == impressions ? event.eventTime() + waitMs : end;
      }
      events.add(event);
    }
    return events;
  }

  /** The sequence of entries, each topic having one partition. */
  static List<Entry> entries(ModelsFile models, List<Event> events) {
    List<List<InputRecord>> partitions = new ArrayList<>();
    TOPICS.events().forEach(topic -> partitions.add(new ArrayList<>()));
    for (Event event : events) {
      append(partitions, TOPICS.events().indexOf(TOPICS.of(event)), event);
    }
    for (int topic = 0; topic < partitions.size(); topic++) {
      append(partitions, topic, new Heartbeat(Heartbeat.END_OF_TIME, "test", 0));
    }
    return SequentialReplay.entries(models, partitions);
  }

  /** The same sequence, but whose label is whose is drawn anew. */
  static List<Entry> shuffled(List<Entry> entries, long seed) {
    List<Entry.Train> labels = new ArrayList<>();
    for (Entry entry : entries) {
      if (entry instanceof Entry.Train train) {
        labels.add(train);
      }
    }
    Collections.shuffle(labels, new Random(seed));
    Iterator<Entry.Train> drawn = labels.iterator();
    List<Entry> shuffled = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      shuffled.add(entry instanceof Entry.Train train ? relabelled(train, drawn.next()) : entry);
    }
    return shuffled;
  }

  private static Entry relabelled(Entry.Train train, Entry.Train other) {
    return new Entry.Train(
        train.time(),
        train.hash(),
        train.exampleId(),
        train.partition(),
        train.offset(),
        other.label(),
        other.weight(),
        other.kind(),
        train.queryId(),
        train.place());
  }

  private static void append(List<List<InputRecord>> partitions, int topic, Event event) {
    List<InputRecord> partition = partitions.get(topic);
    int number = INPUTS.numberOf(TOPICS.events().get(topic), 0);
    partition.add(new InputRecord(event, number, partition.size(), 0));
  }
}
