package io.freshet.faults;

import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.ImpressionEvent;
import io.freshet.source.Source;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Another source's events, some of them repeated, late, out of order, poisoned with numbers that
 * are none or are huge, or wrongly labelled: each by its index and the seed alone, so that this is
 * a function of (seed, index) as well. It ends when it is told to.
 */
final class RoughSource implements Source {

  /** The context value that carries poison; a model's number feature may read it. */
  static final String POISONED = "dwell";

  private static final double EACH = 0.01;

  /** What is done to an event. */
  enum Roughness {
    REPEATED,
    OUT_OF_ORDER,
    LATE,
    NOT_A_NUMBER,
    HUGE,
    WRONG_LABEL
  }

  private final Source source;
  private final long seed;
  private volatile boolean ended;

  RoughSource(Source source, long seed) {
    this.source = source;
    this.seed = seed;
  }

  /** Lets it have no further events. */
  void end() {
    ended = true;
  }

  @Override
  public String name() {
    return source.name();
  }

  @Override
  public String labels() {
    return source.labels();
  }

  @Override
  public StreamDefaults defaults() {
    return source.defaults();
  }

  @Override
  public OptionalLong size() {
    return OptionalLong.empty();
  }

  /** What is done to the event at {@code index} of the other source; null for most. */
  @Nullable Roughness roughness(long index) {
    double draw = new SplittableRandom(seed ^ (index * 0x9E3779B97F4A7C15L)).nextDouble();
    int kind = (int) (draw / EACH);
    return kind < Roughness.values().length ? Roughness.values()[kind] : null;
  }

  /** How many events up to {@code index}, that excluded, were met by each. */
  Map<Roughness, Long> counts(long index) {
    Map<Roughness, Long> counts = new HashMap<>();
    for (long i = 0; i < (index + 1) / 2; i++) {
      Roughness roughness = roughness(i);
      if (roughness != null) {
        counts.merge(roughness, 1L, Long::sum);
      }
    }
    return counts;
  }

  // Every index of the other source has two here: its event's, and that of one that may be added.
  @Override
  public Iterator<Event> from(long index) {
    Iterator<Event> events = source.from(index / 2);
    ArrayDeque<Event> next = new ArrayDeque<>();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        while (next.isEmpty() && !ended && events.hasNext()) {
          for (Event event : roughened(events.next())) {
            if (event.sourceIndex() >= index) {
              next.add(event);
            }
          }
        }
        return !ended && !next.isEmpty();
      }

      @Override
      public Event next() {
        if (!hasNext()) {
          throw new NoSuchElementException("a source that has ended has no more events");
        }
        return next.remove();
      }
    };
  }

  private List<Event> roughened(Event event) {
    long index = 2 * event.sourceIndex();
    Roughness roughness = roughness(event.sourceIndex());
    if (roughness != null && event instanceof ImpressionEvent shown) {
      return roughened(shown, index, roughness);
    }
    if (roughness != null && event instanceof ClickEvent click) {
      long time = click.eventTime() - shift(roughness);
      ClickEvent moved = moved(click, time, index);
      return roughness == Roughness.REPEATED
          ? List.of(moved, moved(click, time, index + 1))
          : List.of(moved);
    }
    return List.of(Indexed.with(event, index));
  }

  private List<Event> roughened(ImpressionEvent shown, long index, Roughness roughness) {
    long time = shown.eventTime() - shift(roughness);
    return switch (roughness) {
      case REPEATED ->
          List.of(
              changed(shown, time, shown.context(), index),
              changed(shown, time, shown.context(), index + 1));
      case OUT_OF_ORDER, LATE -> List.of(changed(shown, time, shown.context(), index));
      case NOT_A_NUMBER -> List.of(changed(shown, time, poisoned(shown, Double.NaN), index));
      case HUGE -> List.of(changed(shown, time, poisoned(shown, 1e300), index));
      case WRONG_LABEL ->
          List.of(
              changed(shown, time, shown.context(), index),
              new ClickEvent(
                  shown.impressionId(),
                  shown.itemId(),
                  shown.userId(),
                  null,
                  time + 1,
                  "click",
                  1,
                  null,
                  index + 1));
    };
  }

  private long shift(Roughness roughness) {
    return switch (roughness) {
      case OUT_OF_ORDER -> source.defaults().outOfOrdernessMs() / 2;
      case LATE -> 3 * source.defaults().outOfOrdernessMs();
      default -> 0;
    };
  }

  private static Map<String, Object> poisoned(ImpressionEvent shown, double value) {
    Map<String, Object> context = new HashMap<>(shown.context());
    context.put(POISONED, value);
    return context;
  }

  private static ImpressionEvent changed(
      ImpressionEvent shown, long time, Map<String, Object> context, long index) {
    return new ImpressionEvent(
        shown.impressionId(),
        shown.itemId(),
        time,
        shown.userId(),
        shown.position(),
        shown.queryId(),
        context,
        shown.served(),
        shown.propensity(),
        shown.trueClickProbability(),
        shown.eventId(),
        index);
  }

  private static ClickEvent moved(ClickEvent click, long time, long index) {
    return new ClickEvent(
        click.impressionId(),
        click.itemId(),
        click.userId(),
        click.queryId(),
        time,
        click.action(),
        click.value(),
        click.eventId(),
        index);
  }
}
