package io.freshet.job.timeline;

import io.freshet.job.Entry;
import io.freshet.job.input.DeadLetter;
import io.freshet.job.input.DeadLetters;
import io.freshet.job.input.InputRecord;
import io.freshet.job.input.InputRecordSerializer;
import io.freshet.job.learner.EntrySerializer;
import io.freshet.schema.EventIdentity;
import io.freshet.schema.event.JudgmentEvent;
import io.freshet.schema.event.QueryEvent;
import io.freshet.scoring.feature.Ids;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.ListSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Turns what was shown for a query, and what became of it, into the entries of ranking models.
 * Keyed by query; takes queries and judgments from the input and the entries of the users'
 * timelines, so that labels, histories and contradictions are decided in one place. Processes a
 * key's events in event-time order once the watermark has passed them; at one event time queries
 * come first, then judgments, impressions, labels, and the ends of windows.
 *
 * <p>A prediction leaves at its impression, with the query's text as it is known then. Training
 * leaves when the window of the impression closes: all of a window's examples at one time, in one
 * group. A window opens with an impression and takes the impressions of one wait after it; it
 * closes a wait after the last of them, when every label is known. Later impressions of the query
 * open the next window.
 *
 * <p>A query's text and judgments stay until nothing came of it for {@link #KEPT_MS} (or twice the
 * wait, if that is longer).
 */
public final class QueryTimeline extends KeyedCoProcessFunction<String, InputRecord, Entry, Entry> {

  private static final long serialVersionUID = 1L;

  /** Event time without an event after which a query's text and judgments go. */
  public static final long KEPT_MS = 3_600_000;

  /** So many UTF-16 units of a query's text count. */
  public static final int LONGEST_TEXT = 4_096;

  private static final Comparator<InputRecord> RECORD_ORDER =
      Comparator.<InputRecord>comparingInt(record -> record.event() instanceof QueryEvent ? 0 : 1)
          .thenComparingLong(record -> EventIdentity.of(record.event()).low())
          .thenComparingInt(InputRecord::partition)
          .thenComparingLong(InputRecord::offset);
  private static final Comparator<Entry> ENTRY_ORDER =
      Comparator.<Entry>comparingInt(entry -> entry instanceof Entry.Predict ? 0 : 1)
          .thenComparingLong(Entry::hash)
          .thenComparing(Entry::exampleId);
  private static final Comparator<Entry.Train> GROUP_ORDER =
      Comparator.<Entry.Train>comparingInt(
              train -> train.place() == null ? 0 : train.place().position())
          .thenComparingLong(Entry.Train::hash)
          .thenComparing(Entry.Train::exampleId);

  private final long waitMs;
  private final DeadLetters deadLetters;

  private transient MapState<Long, List<InputRecord>> records;
  private transient MapState<Long, List<Entry>> arrived;
  private transient ValueState<String> text;
  private transient MapState<String, Integer> grades;
  private transient MapState<Long, Long> windows;
  private transient MapState<String, SeenForQuery> seen;
  private transient ValueState<Long> lastTime;
  private transient Counter unknownQueries;
  private transient Counter cutQueries;

  public QueryTimeline(TimelineSettings settings, DeadLetters deadLetters) {
    this.waitMs = settings.waitMs();
    this.deadLetters = deadLetters;
  }

  @Override
  public void open(OpenContext context) {
    records =
        map(
            "records",
            LongSerializer.INSTANCE,
            new ListSerializer<>(InputRecordSerializer.INSTANCE));
    arrived =
        map("arrived", LongSerializer.INSTANCE, new ListSerializer<>(EntrySerializer.INSTANCE));
    text =
        getRuntimeContext().getState(new ValueStateDescriptor<>("text", StringSerializer.INSTANCE));
    grades = map("grades", StringSerializer.INSTANCE, IntSerializer.INSTANCE);
    windows = map("windows", LongSerializer.INSTANCE, LongSerializer.INSTANCE);
    seen = map("seen", StringSerializer.INSTANCE, SeenForQuerySerializer.INSTANCE);
    lastTime =
        getRuntimeContext()
            .getState(new ValueStateDescriptor<>("last-time", LongSerializer.INSTANCE));
    unknownQueries =
        getRuntimeContext().getMetricGroup().counter("freshet_impressions_of_unknown_queries");
    cutQueries = getRuntimeContext().getMetricGroup().counter("freshet_cut_queries");
  }

  private <K, V> MapState<K, V> map(String name, TypeSerializer<K> keys, TypeSerializer<V> values) {
    return getRuntimeContext().getMapState(new MapStateDescriptor<>(name, keys, values));
  }

  @Override
  public void processElement1(InputRecord record, Context context, Collector<Entry> out)
      throws Exception {
    add(records, record.event().eventTime(), record, context.timerService());
  }

  @Override
  public void processElement2(Entry entry, Context context, Collector<Entry> out) throws Exception {
    add(arrived, entry.time(), entry, context.timerService());
  }

  private static <T> void add(
      MapState<Long, List<T>> state, long time, T element, TimerService timers) throws Exception {
    List<T> same = state.get(time);
    List<T> more = same == null ? new ArrayList<>(1) : new ArrayList<>(same);
    more.add(element);
    state.put(time, more);
    timers.registerEventTimeTimer(time);
  }

  @Override
  public void onTimer(long time, OnTimerContext context, Collector<Entry> out) throws Exception {
    for (InputRecord record : take(records, time, RECORD_ORDER)) {
      if (record.event() instanceof QueryEvent query) {
        asked(query, record, context);
      } else if (record.event() instanceof JudgmentEvent judgment) {
        grades.put(judgment.itemId(), judgment.grade());
      }
      touch(time, context);
    }
    for (Entry entry : take(arrived, time, ENTRY_ORDER)) {
      if (entry instanceof Entry.Predict impression) {
        show(impression, context, out);
        touch(time, context);
      } else if (entry instanceof Entry.Train ready) {
        label(ready);
      }
    }
    closeWindows(time, context.getCurrentKey(), out);
    forget(time);
  }

  private static <T> List<T> take(MapState<Long, List<T>> state, long time, Comparator<T> order)
      throws Exception {
    List<T> same = state.get(time);
    if (same == null) {
      return List.of();
    }
    state.remove(time);
    List<T> ordered = new ArrayList<>(same);
    ordered.sort(order);
    return ordered;
  }

  private void asked(QueryEvent query, InputRecord record, OnTimerContext context)
      throws Exception {
    if (text.value() != null) {
      context.output(
          DeadLetters.TAG,
          deadLetters.of(
              query,
              record.partition(),
              record.offset(),
              DeadLetter.REPEATED,
              "a query must be asked once, got queryId " + query.queryId() + " again"));
      return;
    }
    text.update(cut(query.text()));
  }

  private String cut(String whole) {
    if (whole.length() <= LONGEST_TEXT) {
      return whole;
    }
    cutQueries.inc();
    int end = Character.isHighSurrogate(whole.charAt(LONGEST_TEXT - 1)) ? 1 : 0;
    return whole.substring(0, LONGEST_TEXT - end);
  }

  private void show(Entry.Predict impression, OnTimerContext context, Collector<Entry> out)
      throws Exception {
    long time = impression.time();
    long window = time;
    for (Long opened : windows.keys()) {
      if (time <= opened + waitMs) {
        window = Math.min(window, opened);
      }
    }
    windows.put(window, time);
    context.timerService().registerEventTimeTimer(time + waitMs);
    seen.put(
        impression.exampleId(),
        new SeenForQuery(
            window, impression.instance().itemId(), impression.instance().position(), null));
    String known = text.value();
    if (known == null) {
      unknownQueries.inc();
    }
    out.collect(impression.withQuery(known));
  }

  private void label(Entry.Train ready) throws Exception {
    SeenForQuery impression = seen.get(ready.exampleId());
    if (impression == null) {
      throw new IllegalStateException(
          "a label must come before its query's window closes, got one for " + ready.exampleId());
    }
    seen.put(
        ready.exampleId(),
        new SeenForQuery(impression.window(), impression.itemId(), impression.position(), ready));
  }

  private void closeWindows(long time, String queryId, Collector<Entry> out) throws Exception {
    List<Long> closing = new ArrayList<>(1);
    for (Map.Entry<Long, Long> window : windows.entries()) {
      if (window.getValue() + waitMs == time) {
        closing.add(window.getKey());
      }
    }
    for (Long window : closing) {
      windows.remove(window);
      List<Entry.Train> group = new ArrayList<>();
      for (Map.Entry<String, SeenForQuery> one : seen.entries()) {
        SeenForQuery impression = one.getValue();
        if (impression.window() == window) {
          group.add(ready(one.getKey(), impression, time, queryId));
        }
      }
      group.sort(GROUP_ORDER);
      for (Entry.Train ready : group) {
        seen.remove(ready.exampleId());
        out.collect(ready);
      }
    }
  }

  private Entry.Train ready(String exampleId, SeenForQuery impression, long time, String queryId)
      throws Exception {
    Entry.Train label = impression.label();
    if (label == null) {
      throw new IllegalStateException(
          "a query's window must close when all labels are known, missing that of " + exampleId);
    }
    return label.in(
        time,
        new Entry.Place(Ids.of(queryId), impression.position(), grades.get(impression.itemId())));
  }

  private void touch(long time, OnTimerContext context) throws Exception {
    lastTime.update(time);
    context.timerService().registerEventTimeTimer(time + kept());
  }

  private long kept() {
    return Math.max(KEPT_MS, 2 * waitMs);
  }

  private void forget(long time) throws Exception {
    Long last = lastTime.value();
    if (last != null && last + kept() == time) {
      lastTime.clear();
      text.clear();
      grades.clear();
    }
  }
}
