package io.freshet.job.learner;

import static io.freshet.job.serial.Fields.readNullableDouble;
import static io.freshet.job.serial.Fields.readNullableString;
import static io.freshet.job.serial.Fields.readSize;
import static io.freshet.job.serial.Fields.readString;
import static io.freshet.job.serial.Fields.writeNullable;
import static io.freshet.job.serial.Fields.writeSize;
import static io.freshet.job.serial.Fields.writeString;

import io.freshet.job.EvaluationRow;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** Evaluations between operators and in checkpoints. */
final class EvaluationFields {

  private EvaluationFields() {}

  static void write(EvaluationRow row, DataOutput out) throws IOException {
    writeString(row.exampleId(), out);
    out.writeLong(row.impressionTime());
    out.writeLong(row.readyTime());
    writeString(row.userId(), out);
    writeString(row.itemId(), out);
    writeString(row.queryId(), out);
    writeSize(row.position(), out);
    out.writeFloat(row.label());
    out.writeFloat(row.weight());
    out.writeFloat(row.prediction());
    out.writeFloat(row.raw());
    out.writeFloat(row.predictionAtTraining());
    writeNullable(row.trueProbability(), out);
    writeNullable(row.propensity(), out);
    EntrySerializer.writeGrade(row.grade(), out);
  }

  static EvaluationRow read(DataInput in) throws IOException {
    return new EvaluationRow(
        readString(in),
        in.readLong(),
        in.readLong(),
        readNullableString(in),
        readString(in),
        readNullableString(in),
        readSize(in),
        in.readFloat(),
        in.readFloat(),
        in.readFloat(),
        in.readFloat(),
        in.readFloat(),
        readNullableDouble(in),
        readNullableDouble(in),
        EntrySerializer.readGrade(in));
  }
}
