package io.freshet.job.order;

import io.freshet.job.serial.RecordSerializer;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Progress of partitions in checkpoints. */
public final class PartitionProgressSerializer extends RecordSerializer<PartitionProgress> {

  private static final long serialVersionUID = 1L;

  /** Stateless, so one is enough. */
  static final PartitionProgressSerializer INSTANCE = new PartitionProgressSerializer();

  @Override
  public PartitionProgress createInstance() {
    return PartitionProgress.at(0);
  }

  @Override
  public void serialize(PartitionProgress record, DataOutputView target) throws IOException {
    target.writeLong(record.highest());
    target.writeInt(record.kept());
    target.writeInt(record.added());
  }

  @Override
  public PartitionProgress deserialize(DataInputView source) throws IOException {
    return new PartitionProgress(source.readLong(), source.readInt(), source.readInt());
  }

  @Override
  public TypeSerializerSnapshot<PartitionProgress> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Names the serialiser's class in checkpoints. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<PartitionProgress> {
    public Snapshot() {
      super(() -> INSTANCE);
    }
  }
}
