package io.freshet.job.timeline;

import io.freshet.job.serial.RecordSerializer;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Histories in checkpoints. */
public final class UserHistorySerializer extends RecordSerializer<UserHistory> {

  private static final long serialVersionUID = 1L;

  /** Stateless, so one is enough. */
  public static final UserHistorySerializer INSTANCE = new UserHistorySerializer();

  @Override
  public UserHistory createInstance() {
    return UserHistory.EMPTY;
  }

  @Override
  public void serialize(UserHistory record, DataOutputView target) throws IOException {
    target.writeLong(record.lastTime());
    TimelineFields.writeHistories(record.histories(), target);
  }

  @Override
  public UserHistory deserialize(DataInputView source) throws IOException {
    long lastTime = source.readLong();
    return new UserHistory(TimelineFields.readHistories(source), lastTime);
  }

  @Override
  public TypeSerializerSnapshot<UserHistory> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Names the serialiser's class in checkpoints. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<UserHistory> {
    public Snapshot() {
      super(() -> INSTANCE);
    }
  }
}
