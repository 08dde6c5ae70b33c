package io.freshet.job.timeline;

import static io.freshet.job.serial.Fields.readAttributes;
import static io.freshet.job.serial.Fields.writeAttributes;

import io.freshet.job.input.EventFields;
import io.freshet.job.serial.RecordSerializer;
import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.ImpressionEvent;
import java.io.IOException;
import java.util.Map;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** What goes to a user's timeline. */
public final class UserEventSerializer extends RecordSerializer<UserEvent> {

  private static final long serialVersionUID = 1L;

  /** Stateless, so one is enough. */
  public static final UserEventSerializer INSTANCE = new UserEventSerializer();

  @Override
  public UserEvent createInstance() {
    return new UserEvent.Outcome(
        new ClickEvent(null, null, null, null, 0, "", 0, null, 0), 0, 0, 0);
  }

  @Override
  public void serialize(UserEvent record, DataOutputView target) throws IOException {
    if (record instanceof UserEvent.Shown shown) {
      target.writeBoolean(true);
      target.writeInt(shown.partition());
      target.writeLong(shown.offset());
      writeAttributes(shown.item(), target);
      EventFields.write(shown.impression(), target);
    } else if (record instanceof UserEvent.Outcome outcome) {
      target.writeBoolean(false);
      target.writeInt(outcome.partition());
      target.writeLong(outcome.offset());
      target.writeLong(outcome.appendTime());
      EventFields.write(outcome.click(), target);
    }
  }

  @Override
  public UserEvent deserialize(DataInputView source) throws IOException {
    if (source.readBoolean()) {
      int partition = source.readInt();
      long offset = source.readLong();
      Map<String, Object> item = readAttributes(source);
      return new UserEvent.Shown(
          (ImpressionEvent) EventFields.read(source), item, partition, offset);
    }
    int partition = source.readInt();
    long offset = source.readLong();
    long appendTime = source.readLong();
    return new UserEvent.Outcome(
        (ClickEvent) EventFields.read(source), partition, offset, appendTime);
  }

  @Override
  public TypeSerializerSnapshot<UserEvent> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Names the serialiser's class in checkpoints. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<UserEvent> {
    public Snapshot() {
      super(() -> INSTANCE);
    }
  }
}
