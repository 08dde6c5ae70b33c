package io.freshet.job.timeline;

import io.freshet.job.Entry;
import io.freshet.job.input.DeadLetter;
import io.freshet.job.input.DeadLetters;
import io.freshet.schema.EventIdentity;
import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.ImpressionEvent;
import io.freshet.scoring.feature.HistoryEntry;
import io.freshet.scoring.feature.HistoryKey;
import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.feature.Instance;
import io.freshet.scoring.feature.QueryWords;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Turns a user's impressions and outcomes into learners' entries. Keyed by user (an anonymous
 * impression is its own key); processes a key's events in event-time order once the watermark has
 * passed them. At one event time all impressions freeze the history first, then the words of
 * queries enter it, then outcomes, then waits end: an outcome exactly at the end of its wait
 * counts.
 *
 * <p>After the last event of an anonymous key nothing is left; of a user, the bounded histories
 * stay until they expire.
 */
public final class UserTimeline extends KeyedProcessFunction<String, UserEvent, Entry> {

  private static final long serialVersionUID = 1L;

  /** Histories that changed, for the feature topic. */
  public static final OutputTag<HistoryChange> CHANGES =
      new OutputTag<>(
          "history-changes", HistoryChangeSerializer.INSTANCE.type(HistoryChange.class));

  private static final byte POSITIVE = 0;
  private static final byte NEGATIVE = 1;

  private static final Comparator<UserEvent.Shown> IMPRESSION_ORDER =
      Comparator.<UserEvent.Shown>comparingLong(shown -> Ids.of(shown.impression().impressionId()))
          .thenComparingInt(UserEvent.Shown::partition)
          .thenComparingLong(UserEvent.Shown::offset);
  private static final Comparator<UserEvent.Outcome> OUTCOME_ORDER =
      Comparator.<UserEvent.Outcome>comparingLong(
              outcome -> EventIdentity.of(outcome.click()).low())
          .thenComparingInt(UserEvent.Outcome::partition)
          .thenComparingLong(UserEvent.Outcome::offset);

  private static final Comparator<UserEvent.Asked> QUERY_ORDER =
      Comparator.<UserEvent.Asked>comparingLong(asked -> EventIdentity.of(asked.query()).low())
          .thenComparingInt(UserEvent.Asked::partition)
          .thenComparingLong(UserEvent.Asked::offset);

  private final TimelineSettings settings;
  private final DeadLetters deadLetters;

  private transient MapState<Long, Agenda> agenda;
  private transient MapState<String, Pending> pending;
  private transient ValueState<UserHistory> history;
  private transient ValueState<Long> expiry;
  private transient HistoryKeeper keeper;

  public UserTimeline(TimelineSettings settings, DeadLetters deadLetters) {
    this.settings = settings;
    this.deadLetters = deadLetters;
  }

  @Override
  public void open(OpenContext context) {
    keeper = new HistoryKeeper(settings.histories());
    agenda =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    "agenda", LongSerializer.INSTANCE, AgendaSerializer.INSTANCE));
    pending =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    "pending", StringSerializer.INSTANCE, PendingSerializer.INSTANCE));
    history =
        getRuntimeContext()
            .getState(new ValueStateDescriptor<>("history", UserHistorySerializer.INSTANCE));
    expiry =
        getRuntimeContext().getState(new ValueStateDescriptor<>("expiry", LongSerializer.INSTANCE));
  }

  @Override
  public void processElement(UserEvent event, Context context, Collector<Entry> out)
      throws Exception {
    plan(event.eventTime(), at(event.eventTime()).withEvent(event), context);
  }

  private Agenda at(long time) throws Exception {
    Agenda planned = agenda.get(time);
    return planned == null ? Agenda.EMPTY : planned;
  }

  private void plan(long time, Agenda planned, Context context) throws Exception {
    agenda.put(time, planned);
    context.timerService().registerEventTimeTimer(time);
  }

  // A history that is the same object has not changed.
  @Override
  @SuppressWarnings("ReferenceEquality")
  public void onTimer(long time, OnTimerContext context, Collector<Entry> out) throws Exception {
    expire(time, context);
    Agenda now = agenda.get(time);
    if (now == null) {
      return;
    }
    agenda.remove(time);
    UserHistory before = value(history, UserHistory.EMPTY);
    for (UserEvent.Shown shown : select(now, UserEvent.Shown.class, IMPRESSION_ORDER)) {
      show(shown, before, context, out);
    }
    UserHistory after = before;
    for (UserEvent.Asked asked : select(now, UserEvent.Asked.class, QUERY_ORDER)) {
      for (HistoryEntry word : QueryWords.entries(asked.query().text(), time)) {
        after = keeper.with(after, word);
      }
    }
    for (UserEvent.Outcome outcome : select(now, UserEvent.Outcome.class, OUTCOME_ORDER)) {
      after = outcome(outcome, after, context, out);
    }
    List<String> ends = new ArrayList<>(now.ends());
    ends.sort(Comparator.comparingLong(Ids::of).thenComparing(Comparator.naturalOrder()));
    for (String impressionId : ends) {
      after = end(impressionId, time, after, out);
    }
    for (String impressionId : now.goes()) {
      pending.remove(impressionId);
    }
    if (after != before && !UserKey.isAnonymous(context.getCurrentKey())) {
      history.update(after);
      if (expiry.value() == null) {
        planExpiry(time + settings.userExpiryMs(), context);
      }
      context.output(CHANGES, new HistoryChange(context.getCurrentKey(), after));
    }
  }

  private static <T extends UserEvent> List<T> select(
      Agenda agenda, Class<T> kind, Comparator<T> order) {
    List<T> selected = new ArrayList<>(agenda.events().size());
    for (UserEvent event : agenda.events()) {
      if (kind.isInstance(event)) {
        selected.add(kind.cast(event));
      }
    }
    if (selected.size() > 1) {
      selected.sort(order);
    }
    return selected;
  }

  private void show(
      UserEvent.Shown shown, UserHistory frozen, Context context, Collector<Entry> out)
      throws Exception {
    ImpressionEvent impression = shown.impression();
    String id = impression.impressionId();
    if (pending.contains(id)) {
      context.output(
          DeadLetters.TAG,
          deadLetters.of(
              impression,
              shown.partition(),
              shown.offset(),
              DeadLetter.REPEATED,
              "an impression must be shown once, got impressionId " + id + " again"));
      return;
    }
    long deadline = impression.eventTime() + settings.waitMs();
    long gone = deadline + settings.waitMs();
    pending.put(
        id,
        new Pending(
            impression.itemId(),
            impression.queryId(),
            historyAttributes(shown.item()),
            deadline,
            false,
            shown.partition(),
            shown.offset(),
            List.of()));
    plan(deadline, at(deadline).withEnd(id), context);
    plan(gone, at(gone).withGoing(id), context);
    out.collect(
        new Entry.Predict(
            impression.eventTime(),
            Ids.of(id),
            id,
            shown.partition(),
            shown.offset(),
            new Instance(
                impression.itemId(),
                shown.item(),
                impression.userId(),
                impression.context(),
                impression.position(),
                impression.eventTime(),
                Map.of()),
            frozen.past(),
            impression.queryId(),
            impression.propensity(),
            impression.trueClickProbability()));
  }

  private Map<String, Object> historyAttributes(Map<String, Object> item) {
    Map<String, Object> kept = new TreeMap<>();
    for (String name : settings.histories().itemAttributes()) {
      Object value = item.get(name);
      if (value != null) {
        kept.put(name, value);
      }
    }
    return kept;
  }

  // An impression that is the same object has not changed.
  @SuppressWarnings("ReferenceEquality")
  private UserHistory outcome(
      UserEvent.Outcome outcome, UserHistory current, Context context, Collector<Entry> out)
      throws Exception {
    ClickEvent click = outcome.click();
    String id = click.impressionId() == null ? find(click) : click.impressionId();
    Pending impression = id == null ? null : pending.get(id);
    if (id == null || impression == null) {
      reject(
          outcome,
          DeadLetter.UNMATCHED,
          "an outcome must follow its impression within twice the wait of "
              + settings.waitMs()
              + " ms, none is known for "
              + named(click),
          context);
      return current;
    }
    if (click.itemId() != null && !click.itemId().equals(impression.itemId())) {
      reject(
          outcome,
          DeadLetter.CONTRADICTION,
          "an outcome must name its impression's item "
              + impression.itemId()
              + ", got "
              + click.itemId(),
          context);
      return current;
    }
    if (click.queryId() != null
        && impression.queryId() != null
        && !click.queryId().equals(impression.queryId())) {
      reject(
          outcome,
          DeadLetter.CONTRADICTION,
          "an outcome must name its impression's query "
              + impression.queryId()
              + ", got "
              + click.queryId(),
          context);
      return current;
    }
    Pending next = impression;
    if (click.action().equals(settings.labelAction())
        && !impression.labelled()
        && click.eventTime() <= impression.deadline()) {
      next = next.label();
      out.collect(
          new Entry.Train(
              click.eventTime(),
              Ids.of(id),
              id,
              outcome.partition(),
              outcome.offset(),
              1f,
              1f,
              POSITIVE,
              impression.queryId(),
              null));
    }
    UserHistory after = current;
    if (!impression.actions().contains(click.action())) {
      next = next.with(click.action());
      after =
          keeper.with(
              current,
              new HistoryEntry(
                  click.action(),
                  impression.itemId(),
                  impression.item(),
                  click.eventTime(),
                  click.value()));
    }
    if (next != impression) {
      pending.put(id, next);
    }
    return after;
  }

  private @Nullable String find(ClickEvent click) throws Exception {
    String found = null;
    for (Map.Entry<String, Pending> candidate : pending.entries()) {
      Pending impression = candidate.getValue();
      if (impression.itemId().equals(click.itemId())
          && click.queryId() != null
          && click.queryId().equals(impression.queryId())
          && (found == null || candidate.getKey().compareTo(found) < 0)) {
        found = candidate.getKey();
      }
    }
    return found;
  }

  private static String named(ClickEvent click) {
    return click.impressionId() != null
        ? "impressionId " + click.impressionId()
        : "queryId " + click.queryId() + " and itemId " + click.itemId();
  }

  private void reject(UserEvent.Outcome outcome, String kind, String reason, Context context) {
    context.output(
        DeadLetters.TAG,
        deadLetters.of(outcome.click(), outcome.partition(), outcome.offset(), kind, reason));
  }

  private UserHistory end(String impressionId, long time, UserHistory current, Collector<Entry> out)
      throws Exception {
    Pending impression = pending.get(impressionId);
    if (impression == null) {
      throw new IllegalStateException(
          "an ending wait must have its impression, missing " + impressionId);
    }
    if (!impression.labelled()) {
      pending.put(impressionId, impression.label());
      out.collect(
          new Entry.Train(
              time,
              Ids.of(impressionId),
              impressionId,
              impression.partition(),
              impression.offset(),
              0f,
              1f,
              NEGATIVE,
              impression.queryId(),
              null));
    }
    return impression.actions().isEmpty()
        ? keeper.with(
            current,
            new HistoryEntry(HistoryKey.NONE, impression.itemId(), impression.item(), time, 1))
        : current;
  }

  private void expire(long time, Context context) throws Exception {
    Long planned = expiry.value();
    if (planned != null && planned == time) {
      long due = value(history, UserHistory.EMPTY).lastTime() + settings.userExpiryMs();
      if (due <= time) {
        history.clear();
        expiry.clear();
      } else {
        planExpiry(due, context);
      }
    }
  }

  private void planExpiry(long due, Context context) throws Exception {
    expiry.update(due);
    context.timerService().registerEventTimeTimer(due);
  }

  private static <T> T value(ValueState<T> state, T initial) throws Exception {
    T value = state.value();
    return value == null ? initial : value;
  }
}
