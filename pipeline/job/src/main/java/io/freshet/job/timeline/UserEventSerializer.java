package io.freshet.job.timeline;

import static io.freshet.job.serial.Fields.readAttributes;
import static io.freshet.job.serial.Fields.writeAttributes;

import io.freshet.job.input.EventFields;
import io.freshet.job.serial.RecordSerializer;
import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.ImpressionEvent;
import io.freshet.schema.event.QueryEvent;
import java.io.IOException;
import java.util.Map;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** What goes to a user's timeline. */
public final class UserEventSerializer extends RecordSerializer<UserEvent> {

  private static final long serialVersionUID = 1L;

  private static final byte OUTCOME = 0;
  private static final byte SHOWN = 1;
  private static final byte ASKED = 2;

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
      target.writeByte(SHOWN);
      target.writeInt(shown.partition());
      target.writeLong(shown.offset());
      writeAttributes(shown.item(), target);
      EventFields.write(shown.impression(), target);
    } else if (record instanceof UserEvent.Outcome outcome) {
      target.writeByte(OUTCOME);
      target.writeInt(outcome.partition());
      target.writeLong(outcome.offset());
      target.writeLong(outcome.appendTime());
      EventFields.write(outcome.click(), target);
    } else if (record instanceof UserEvent.Asked asked) {
      target.writeByte(ASKED);
      target.writeInt(asked.partition());
      target.writeLong(asked.offset());
      EventFields.write(asked.query(), target);
    }
  }

  @Override
  public UserEvent deserialize(DataInputView source) throws IOException {
    byte kind = source.readByte();
    int partition = source.readInt();
    long offset = source.readLong();
    switch (kind) {
      case SHOWN -> {
        Map<String, Object> item = readAttributes(source);
        return new UserEvent.Shown(
            (ImpressionEvent) EventFields.read(source), item, partition, offset);
      }
      case OUTCOME -> {
        long appendTime = source.readLong();
        return new UserEvent.Outcome(
            (ClickEvent) EventFields.read(source), partition, offset, appendTime);
      }
      case ASKED -> {
        return new UserEvent.Asked((QueryEvent) EventFields.read(source), partition, offset);
      }
      default -> throw new IOException("a user's event must be of kind 0 to 2, got " + kind);
    }
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
