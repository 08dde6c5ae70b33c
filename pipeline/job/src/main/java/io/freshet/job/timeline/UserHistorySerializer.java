package io.freshet.job.timeline;

import static io.freshet.job.serial.Fields.readSize;
import static io.freshet.job.serial.Fields.writeSize;

import io.freshet.job.serial.RecordSerializer;
import io.freshet.scoring.feature.PastIds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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
    TimelineFields.writePast(record.past(), target);
    writeSize(record.kept().size(), target);
    for (UserHistory.Kept kept : record.kept()) {
      writeSize(kept.sizes().length, target);
      for (int size : kept.sizes()) {
        writeSize(size, target);
      }
      target.write(kept.entries());
    }
  }

  @Override
  public UserHistory deserialize(DataInputView source) throws IOException {
    long lastTime = source.readLong();
    PastIds past = TimelineFields.readPast(source);
    int histories = readSize(source);
    List<UserHistory.Kept> kept = new ArrayList<>(histories);
    for (int h = 0; h < histories; h++) {
      int[] sizes = new int[readSize(source)];
      int bytes = 0;
      for (int i = 0; i < sizes.length; i++) {
        sizes[i] = readSize(source);
        bytes += sizes[i];
      }
      byte[] entries = new byte[bytes];
      source.readFully(entries);
      kept.add(new UserHistory.Kept(entries, sizes));
    }
    return new UserHistory(kept, past, lastTime);
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
