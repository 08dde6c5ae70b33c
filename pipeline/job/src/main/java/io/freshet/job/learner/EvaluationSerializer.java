package io.freshet.job.learner;

import static io.freshet.job.serial.Fields.readString;
import static io.freshet.job.serial.Fields.writeString;

import io.freshet.job.Evaluation;
import io.freshet.job.EvaluationRow;
import io.freshet.job.serial.RecordSerializer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Evaluations between operators. */
public final class EvaluationSerializer extends RecordSerializer<Evaluation> {

  private static final long serialVersionUID = 1L;

  /** Stateless, so one is enough. */
  public static final EvaluationSerializer INSTANCE = new EvaluationSerializer();

  @Override
  public Evaluation createInstance() {
    return new Evaluation("", "", 0, 0, List.of());
  }

  @Override
  public void serialize(Evaluation record, DataOutputView target) throws IOException {
    writeString(record.model(), target);
    writeString(record.family(), target);
    target.writeLong(record.epoch());
    target.writeLong(record.step());
    target.writeInt(record.rows().size());
    for (EvaluationRow row : record.rows()) {
      EvaluationFields.write(row, target);
    }
  }

  @Override
  public Evaluation deserialize(DataInputView source) throws IOException {
    String model = readString(source);
    String family = readString(source);
    long epoch = source.readLong();
    long step = source.readLong();
    int size = source.readInt();
    List<EvaluationRow> rows = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      rows.add(EvaluationFields.read(source));
    }
    return new Evaluation(model, family, epoch, step, rows);
  }

  @Override
  public TypeSerializerSnapshot<Evaluation> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Names the serialiser's class in checkpoints. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<Evaluation> {
    public Snapshot() {
      super(() -> INSTANCE);
    }
  }
}
