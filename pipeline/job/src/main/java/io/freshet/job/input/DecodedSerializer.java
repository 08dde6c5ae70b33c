package io.freshet.job.input;

import io.freshet.job.serial.RecordSerializer;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** What the source hands on. */
public final class DecodedSerializer extends RecordSerializer<Decoded> {

  private static final long serialVersionUID = 1L;

  /** Stateless, so one is enough. */
  public static final DecodedSerializer INSTANCE = new DecodedSerializer();

  @Override
  public Decoded createInstance() {
    return new Decoded(null, null);
  }

  @Override
  public void serialize(Decoded record, DataOutputView target) throws IOException {
    InputRecord input = record.record();
    target.writeBoolean(input != null);
    if (input != null) {
      InputRecordSerializer.INSTANCE.serialize(input, target);
    } else if (record.deadLetter() != null) {
      DeadLetterSerializer.INSTANCE.serialize(record.deadLetter(), target);
    }
  }

  @Override
  public Decoded deserialize(DataInputView source) throws IOException {
    return source.readBoolean()
        ? new Decoded(InputRecordSerializer.INSTANCE.deserialize(source), null)
        : new Decoded(null, DeadLetterSerializer.INSTANCE.deserialize(source));
  }

  @Override
  public TypeSerializerSnapshot<Decoded> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Names the serialiser's class in checkpoints. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<Decoded> {
    public Snapshot() {
      super(() -> INSTANCE);
    }
  }
}
