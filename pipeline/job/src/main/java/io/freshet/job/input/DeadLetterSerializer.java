package io.freshet.job.input;

import static io.freshet.job.serial.Fields.readString;
import static io.freshet.job.serial.Fields.writeString;

import io.freshet.job.serial.RecordSerializer;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Dead letters between operators. */
public final class DeadLetterSerializer extends RecordSerializer<DeadLetter> {

  private static final long serialVersionUID = 1L;

  /** Stateless, so one is enough. */
  public static final DeadLetterSerializer INSTANCE = new DeadLetterSerializer();

  @Override
  public DeadLetter createInstance() {
    return new DeadLetter("", 0, 0, 0, new byte[0], "", "");
  }

  @Override
  public void serialize(DeadLetter record, DataOutputView target) throws IOException {
    writeString(record.topic(), target);
    target.writeInt(record.partition());
    target.writeLong(record.offset());
    target.writeLong(record.appendTime());
    target.writeInt(record.bytes().length);
    target.write(record.bytes());
    writeString(record.kind(), target);
    writeString(record.reason(), target);
  }

  @Override
  public DeadLetter deserialize(DataInputView source) throws IOException {
    String topic = readString(source);
    int partition = source.readInt();
    long offset = source.readLong();
    long appendTime = source.readLong();
    byte[] bytes = new byte[source.readInt()];
    source.readFully(bytes);
    return new DeadLetter(
        topic, partition, offset, appendTime, bytes, readString(source), readString(source));
  }

  @Override
  public TypeSerializerSnapshot<DeadLetter> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Names the serialiser's class in checkpoints. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<DeadLetter> {
    public Snapshot() {
      super(() -> INSTANCE);
    }
  }
}
