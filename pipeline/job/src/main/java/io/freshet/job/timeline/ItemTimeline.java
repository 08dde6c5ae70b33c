package io.freshet.job.timeline;

import io.freshet.job.input.InputRecord;
import io.freshet.job.input.InputRecordSerializer;
import io.freshet.job.serial.AttributesSerializer;
import io.freshet.schema.EventIdentity;
import io.freshet.schema.event.ImpressionEvent;
import io.freshet.schema.event.ItemEvent;
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
import org.apache.flink.api.common.typeutils.base.ListSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Gives each impression its item's attributes as they were at its time. Keyed by item; processes a
 * key's events in the order of (event time, catalogue before impression, hashed id) once the
 * watermark has passed them.
 */
public final class ItemTimeline extends KeyedProcessFunction<String, InputRecord, UserEvent> {

  private static final long serialVersionUID = 1L;

  private static final Comparator<InputRecord> ORDER =
      Comparator.<InputRecord>comparingInt(record -> record.event() instanceof ItemEvent ? 0 : 1)
          .thenComparingLong(record -> EventIdentity.of(record.event()).low())
          .thenComparingInt(InputRecord::partition)
          .thenComparingLong(InputRecord::offset);

  private final TimelineSettings settings;

  private transient MapState<Long, List<InputRecord>> waiting;
  private transient ValueState<Map<String, Object>> attributes;

  public ItemTimeline(TimelineSettings settings) {
    this.settings = settings;
  }

  @Override
  public void open(OpenContext context) {
    waiting =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    "waiting",
                    LongSerializer.INSTANCE,
                    new ListSerializer<>(InputRecordSerializer.INSTANCE)));
    attributes =
        getRuntimeContext()
            .getState(new ValueStateDescriptor<>("attributes", AttributesSerializer.INSTANCE));
  }

  @Override
  public void processElement(InputRecord record, Context context, Collector<UserEvent> out)
      throws Exception {
    long time = record.event().eventTime();
    List<InputRecord> same = waiting.get(time);
    List<InputRecord> more = same == null ? new ArrayList<>(1) : new ArrayList<>(same);
    more.add(record);
    waiting.put(time, more);
    context.timerService().registerEventTimeTimer(time);
  }

  @Override
  public void onTimer(long time, OnTimerContext context, Collector<UserEvent> out)
      throws Exception {
    List<InputRecord> records = waiting.get(time);
    if (records == null) {
      return;
    }
    waiting.remove(time);
    List<InputRecord> ordered = new ArrayList<>(records);
    if (ordered.size() > 1) {
      ordered.sort(ORDER);
    }
    for (InputRecord record : ordered) {
      if (record.event() instanceof ItemEvent item) {
        if (item.removed()) {
          attributes.clear();
        } else {
          attributes.update(kept(item));
        }
      } else if (record.event() instanceof ImpressionEvent impression) {
        Map<String, Object> known = attributes.value();
        out.collect(
            new UserEvent.Shown(
                impression, known == null ? Map.of() : known, record.partition(), record.offset()));
      }
    }
  }

  private Map<String, Object> kept(ItemEvent item) {
    Map<String, Object> kept = new TreeMap<>();
    for (String name : settings.itemAttributes()) {
      Object value =
          name.equals(TimelineSettings.TEXT) && item.text() != null
              ? item.text()
              : item.attributes().get(name);
      if (value != null) {
        kept.put(name, value);
      }
    }
    return kept;
  }
}
