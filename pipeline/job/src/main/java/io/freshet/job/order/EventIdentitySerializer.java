package io.freshet.job.order;

import io.freshet.job.serial.RecordSerializer;
import io.freshet.schema.EventIdentity;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Identities in checkpoints. */
public final class EventIdentitySerializer extends RecordSerializer<EventIdentity> {

  private static final long serialVersionUID = 1L;

  /** Stateless, so one is enough. */
  public static final EventIdentitySerializer INSTANCE = new EventIdentitySerializer();

  @Override
  public EventIdentity createInstance() {
    return new EventIdentity(0, 0);
  }

  @Override
  public void serialize(EventIdentity record, DataOutputView target) throws IOException {
    target.writeLong(record.high());
    target.writeLong(record.low());
  }

  @Override
  public EventIdentity deserialize(DataInputView source) throws IOException {
    return new EventIdentity(source.readLong(), source.readLong());
  }

  @Override
  public TypeSerializerSnapshot<EventIdentity> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Names the serialiser's class in checkpoints. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<EventIdentity> {
    public Snapshot() {
      super(() -> INSTANCE);
    }
  }
}
