package io.freshet.job.learner;

import static io.freshet.job.serial.Fields.readAttributes;
import static io.freshet.job.serial.Fields.readNullableDouble;
import static io.freshet.job.serial.Fields.readNullableString;
import static io.freshet.job.serial.Fields.readSize;
import static io.freshet.job.serial.Fields.readString;
import static io.freshet.job.serial.Fields.writeAttributes;
import static io.freshet.job.serial.Fields.writeNullable;
import static io.freshet.job.serial.Fields.writeSize;
import static io.freshet.job.serial.Fields.writeString;

import io.freshet.job.Entry;
import io.freshet.job.serial.RecordSerializer;
import io.freshet.job.timeline.TimelineFields;
import io.freshet.scoring.feature.Instance;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Map;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/** Entries on their way to learners, and those that learners hold in checkpoints. */
public final class EntrySerializer extends RecordSerializer<Entry> {

  private static final long serialVersionUID = 1L;

  /** Stateless, so one is enough. */
  public static final EntrySerializer INSTANCE = new EntrySerializer();

  @Override
  public Entry createInstance() {
    return new Entry.Train(0, 0, "", 0, 0, 0, 0, (byte) 0, null, null);
  }

  @Override
  public void serialize(Entry record, DataOutputView target) throws IOException {
    write(record, target);
  }

  @Override
  public Entry deserialize(DataInputView source) throws IOException {
    return read(source);
  }

  static void write(Entry record, DataOutput target) throws IOException {
    target.writeBoolean(record instanceof Entry.Predict);
    target.writeLong(record.time());
    target.writeLong(record.hash());
    writeString(record.exampleId(), target);
    target.writeInt(record.partition());
    target.writeLong(record.offset());
    if (record instanceof Entry.Predict predict) {
      writeInstance(predict.instance(), target);
      TimelineFields.writePast(predict.past(), target);
      writeString(predict.queryId(), target);
      writeNullable(predict.propensity(), target);
      writeNullable(predict.trueProbability(), target);
    } else if (record instanceof Entry.Train train) {
      target.writeFloat(train.label());
      target.writeFloat(train.weight());
      target.writeByte(train.kind());
      writeString(train.queryId(), target);
      writePlace(train.place(), target);
    }
  }

  static Entry read(DataInput source) throws IOException {
    boolean predicts = source.readBoolean();
    long time = source.readLong();
    long hash = source.readLong();
    String exampleId = readString(source);
    int partition = source.readInt();
    long offset = source.readLong();
    if (predicts) {
      return new Entry.Predict(
          time,
          hash,
          exampleId,
          partition,
          offset,
          readInstance(source),
          TimelineFields.readPast(source),
          readNullableString(source),
          readNullableDouble(source),
          readNullableDouble(source));
    }
    return new Entry.Train(
        time,
        hash,
        exampleId,
        partition,
        offset,
        source.readFloat(),
        source.readFloat(),
        source.readByte(),
        readNullableString(source),
        readPlace(source));
  }

  private static void writePlace(Entry.@Nullable Place place, DataOutput target)
      throws IOException {
    target.writeBoolean(place != null);
    if (place != null) {
      target.writeLong(place.group());
      writeSize(place.position(), target);
      writeGrade(place.grade(), target);
    }
  }

  private static Entry.@Nullable Place readPlace(DataInput source) throws IOException {
    return source.readBoolean()
        ? new Entry.Place(source.readLong(), readSize(source), readGrade(source))
        : null;
  }

  static void writeGrade(@Nullable Integer grade, DataOutput target) throws IOException {
    target.writeBoolean(grade != null);
    if (grade != null) {
      target.writeInt(grade);
    }
  }

  static @Nullable Integer readGrade(DataInput source) throws IOException {
    return source.readBoolean() ? (Integer) source.readInt() : null;
  }

  static void writeInstance(Instance instance, DataOutput target) throws IOException {
    writeString(instance.itemId(), target);
    writeAttributes(instance.item(), target);
    writeString(instance.userId(), target);
    writeAttributes(instance.context(), target);
    writeSize(instance.position(), target);
    target.writeLong(instance.eventTime());
    writeString(instance.query(), target);
  }

  static Instance readInstance(DataInput source) throws IOException {
    return new Instance(
        readString(source),
        readAttributes(source),
        readNullableString(source),
        readAttributes(source),
        readSize(source),
        source.readLong(),
        Map.of(),
        readNullableString(source));
  }

  @Override
  public TypeSerializerSnapshot<Entry> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Names the serialiser's class in checkpoints. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<Entry> {
    public Snapshot() {
      super(() -> INSTANCE);
    }
  }
}
