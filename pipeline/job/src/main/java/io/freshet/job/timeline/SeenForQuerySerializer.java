package io.freshet.job.timeline;

import static io.freshet.job.serial.Fields.readSize;
import static io.freshet.job.serial.Fields.readString;
import static io.freshet.job.serial.Fields.writeSize;
import static io.freshet.job.serial.Fields.writeString;

import io.freshet.job.Entry;
import io.freshet.job.learner.EntrySerializer;
import io.freshet.job.serial.RecordSerializer;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** A query's impressions in checkpoints. */
public final class SeenForQuerySerializer extends RecordSerializer<SeenForQuery> {

  private static final long serialVersionUID = 1L;

  /** Stateless, so one is enough. */
  public static final SeenForQuerySerializer INSTANCE = new SeenForQuerySerializer();

  @Override
  public SeenForQuery createInstance() {
    return new SeenForQuery(0, "", 0, null);
  }

  @Override
  public void serialize(SeenForQuery record, DataOutputView target) throws IOException {
    target.writeLong(record.window());
    writeString(record.itemId(), target);
    writeSize(record.position(), target);
    target.writeBoolean(record.label() != null);
    if (record.label() != null) {
      EntrySerializer.INSTANCE.serialize(record.label(), target);
    }
  }

  @Override
  public SeenForQuery deserialize(DataInputView source) throws IOException {
    return new SeenForQuery(
        source.readLong(),
        readString(source),
        readSize(source),
        source.readBoolean() ? (Entry.Train) EntrySerializer.INSTANCE.deserialize(source) : null);
  }

  @Override
  public TypeSerializerSnapshot<SeenForQuery> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Names the serialiser's class in checkpoints. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<SeenForQuery> {
    public Snapshot() {
      super(() -> INSTANCE);
    }
  }
}
