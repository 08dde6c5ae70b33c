package io.freshet.job.learner;

import static io.freshet.job.serial.Fields.readNullableDouble;
import static io.freshet.job.serial.Fields.readNullableString;
import static io.freshet.job.serial.Fields.readSize;
import static io.freshet.job.serial.Fields.readString;
import static io.freshet.job.serial.Fields.writeNullable;
import static io.freshet.job.serial.Fields.writeSize;
import static io.freshet.job.serial.Fields.writeString;

import io.freshet.job.Entry;
import io.freshet.job.EvaluationRow;
import io.freshet.scoring.feature.Ids;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What the evaluation of an example needs of its impression. */
record Held(
    String exampleId,
    long impressionTime,
    @Nullable String userId,
    String itemId,
    @Nullable String queryId,
    int position,
    @Nullable Double trueProbability,
    @Nullable Double propensity,
    int partition,
    long offset) {

  static Held of(Entry.Predict entry) {
    return new Held(
        entry.exampleId(),
        entry.time(),
        entry.instance().userId(),
        entry.instance().itemId(),
        entry.queryId(),
        entry.instance().position(),
        entry.trueProbability(),
        entry.propensity(),
        entry.partition(),
        entry.offset());
  }

  EvaluationRow row(Entry.Train ready, float prediction, float raw, float predictionAtTraining) {
    return new EvaluationRow(
        exampleId,
        impressionTime,
        ready.time(),
        userId,
        itemId,
        queryId,
        position,
        ready.label(),
        ready.weight(),
        prediction,
        raw,
        predictionAtTraining,
        trueProbability,
        propensity,
        ready.place() == null ? null : ready.place().grade());
  }

  /** The query as {@link io.freshet.learning.Example#group} has it. */
  long group() {
    return queryId == null ? 0 : Ids.of(queryId);
  }

  float propensityOrNaN() {
    return propensity == null ? Float.NaN : propensity.floatValue();
  }

  void write(DataOutput out) throws IOException {
    writeString(exampleId, out);
    out.writeLong(impressionTime);
    writeString(userId, out);
    writeString(itemId, out);
    writeString(queryId, out);
    writeSize(position, out);
    writeNullable(trueProbability, out);
    writeNullable(propensity, out);
    out.writeInt(partition);
    out.writeLong(offset);
  }

  static Held read(DataInput in) throws IOException {
    return new Held(
        readString(in),
        in.readLong(),
        readNullableString(in),
        readString(in),
        readNullableString(in),
        readSize(in),
        readNullableDouble(in),
        readNullableDouble(in),
        in.readInt(),
        in.readLong());
  }
}
