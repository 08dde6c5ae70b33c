package io.freshet.job.timeline;

import static io.freshet.job.serial.Fields.readString;
import static io.freshet.job.serial.Fields.writeString;

import io.freshet.job.serial.RecordSerializer;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Changed histories on their way to the feature topic. */
public final class HistoryChangeSerializer extends RecordSerializer<HistoryChange> {

  private static final long serialVersionUID = 1L;

  /** Stateless, so one is enough. */
  public static final HistoryChangeSerializer INSTANCE = new HistoryChangeSerializer();

  @Override
  public HistoryChange createInstance() {
    return new HistoryChange("", UserHistory.EMPTY);
  }

  @Override
  public void serialize(HistoryChange record, DataOutputView target) throws IOException {
    writeString(record.userId(), target);
    UserHistorySerializer.INSTANCE.serialize(record.history(), target);
  }

  @Override
  public HistoryChange deserialize(DataInputView source) throws IOException {
    String userId = readString(source);
    return new HistoryChange(userId, UserHistorySerializer.INSTANCE.deserialize(source));
  }

  @Override
  public TypeSerializerSnapshot<HistoryChange> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Names the serialiser's class in checkpoints. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<HistoryChange> {
    public Snapshot() {
      super(() -> INSTANCE);
    }
  }
}
