package io.freshet.job.timeline;

import static io.freshet.job.serial.Fields.readAttributes;
import static io.freshet.job.serial.Fields.readNullableString;
import static io.freshet.job.serial.Fields.readString;
import static io.freshet.job.serial.Fields.writeAttributes;
import static io.freshet.job.serial.Fields.writeString;
import static io.freshet.job.timeline.TimelineFields.readStrings;
import static io.freshet.job.timeline.TimelineFields.writeStrings;

import io.freshet.job.serial.RecordSerializer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Pending impressions in checkpoints. */
public final class PendingSerializer extends RecordSerializer<Pending> {

  private static final long serialVersionUID = 1L;

  /** Stateless, so one is enough. */
  public static final PendingSerializer INSTANCE = new PendingSerializer();

  @Override
  public Pending createInstance() {
    return new Pending("", null, Map.of(), 0, false, 0, 0, List.of());
  }

  @Override
  public void serialize(Pending record, DataOutputView target) throws IOException {
    writeString(record.itemId(), target);
    writeString(record.queryId(), target);
    writeAttributes(record.item(), target);
    target.writeLong(record.deadline());
    target.writeBoolean(record.labelled());
    target.writeInt(record.partition());
    target.writeLong(record.offset());
    writeStrings(record.actions(), target);
  }

  @Override
  public Pending deserialize(DataInputView source) throws IOException {
    return new Pending(
        readString(source),
        readNullableString(source),
        readAttributes(source),
        source.readLong(),
        source.readBoolean(),
        source.readInt(),
        source.readLong(),
        readStrings(source));
  }

  @Override
  public TypeSerializerSnapshot<Pending> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Names the serialiser's class in checkpoints. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<Pending> {
    public Snapshot() {
      super(() -> INSTANCE);
    }
  }
}
