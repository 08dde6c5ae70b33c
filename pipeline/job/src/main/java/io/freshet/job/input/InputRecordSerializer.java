package io.freshet.job.input;

import io.freshet.job.serial.RecordSerializer;
import io.freshet.schema.event.Heartbeat;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Input records between operators and in checkpoints. */
public final class InputRecordSerializer extends RecordSerializer<InputRecord> {

  private static final long serialVersionUID = 1L;

  /** Stateless, so one is enough. */
  public static final InputRecordSerializer INSTANCE = new InputRecordSerializer();

  @Override
  public InputRecord createInstance() {
    return new InputRecord(new Heartbeat(0, "", 0), 0, 0, 0);
  }

  @Override
  public void serialize(InputRecord record, DataOutputView target) throws IOException {
    target.writeInt(record.partition());
    target.writeLong(record.offset());
    target.writeLong(record.appendTime());
    EventFields.write(record.event(), target);
  }

  @Override
  public InputRecord deserialize(DataInputView source) throws IOException {
    int partition = source.readInt();
    long offset = source.readLong();
    long appendTime = source.readLong();
    return new InputRecord(EventFields.read(source), partition, offset, appendTime);
  }

  @Override
  public TypeSerializerSnapshot<InputRecord> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Names the serialiser's class in checkpoints. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<InputRecord> {
    public Snapshot() {
      super(() -> INSTANCE);
    }
  }
}
