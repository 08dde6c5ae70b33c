package io.freshet.job.serial;

import static io.freshet.job.serial.Fields.readAttributes;
import static io.freshet.job.serial.Fields.writeAttributes;

import java.io.IOException;
import java.util.Map;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Attributes in checkpoints. */
public final class AttributesSerializer extends RecordSerializer<Map<String, Object>> {

  private static final long serialVersionUID = 1L;

  /** Stateless, so one is enough. */
  public static final AttributesSerializer INSTANCE = new AttributesSerializer();

  @Override
  public Map<String, Object> createInstance() {
    return Map.of();
  }

  @Override
  public void serialize(Map<String, Object> record, DataOutputView target) throws IOException {
    writeAttributes(record, target);
  }

  @Override
  public Map<String, Object> deserialize(DataInputView source) throws IOException {
    return readAttributes(source);
  }

  @Override
  public TypeSerializerSnapshot<Map<String, Object>> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Names the serialiser's class in checkpoints. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<Map<String, Object>> {
    public Snapshot() {
      super(() -> INSTANCE);
    }
  }
}
