package io.freshet.job.learner;

import static io.freshet.job.serial.Fields.readSize;
import static io.freshet.job.serial.Fields.readString;
import static io.freshet.job.serial.Fields.writeSize;
import static io.freshet.job.serial.Fields.writeString;

import io.freshet.scoring.state.LearnerDelta;
import io.freshet.scoring.state.StateDelta;
import io.freshet.scoring.state.Tensor;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A {@link LearnerDelta} as bytes: raw bits. */
final class DeltaFields {

  private DeltaFields() {}

  static void write(LearnerDelta delta, DataOutput out) throws IOException {
    CutFields.write(delta.servingHash(), out);
    CutFields.write(delta.learnerHash(), out);
    write(delta.serving(), out);
    write(delta.own(), out);
  }

  static LearnerDelta read(DataInput in) throws IOException {
    var servingHash = CutFields.hash(in);
    var learnerHash = CutFields.hash(in);
    return new LearnerDelta(delta(in), delta(in), servingHash, learnerHash);
  }

  private static void write(StateDelta delta, DataOutput out) throws IOException {
    writeSize(delta.tensors().size(), out);
    for (Tensor tensor : delta.tensors()) {
      writeString(tensor.name(), out);
      writeSize(tensor.shape().length, out);
      for (int dimension : tensor.shape()) {
        writeSize(dimension, out);
      }
      floats(tensor.data(), out);
    }
    writeSize(delta.tables().size(), out);
    for (StateDelta.Rows rows : delta.tables()) {
      writeString(rows.table(), out);
      writeSize(rows.width(), out);
      ExampleFields.writeLongs(rows.ids(), out);
      floats(rows.values(), out);
      ExampleFields.writeLongs(rows.removed(), out);
    }
  }

  private static StateDelta delta(DataInput in) throws IOException {
    List<Tensor> tensors = new ArrayList<>();
    for (int n = readSize(in); n > 0; n--) {
      String name = readString(in);
      int[] shape = new int[readSize(in)];
      for (int i = 0; i < shape.length; i++) {
        shape[i] = readSize(in);
      }
      tensors.add(new Tensor(name, shape, floats(in)));
    }
    List<StateDelta.Rows> tables = new ArrayList<>();
    for (int n = readSize(in); n > 0; n--) {
      tables.add(
          new StateDelta.Rows(
              readString(in),
              readSize(in),
              ExampleFields.readLongs(in),
              floats(in),
              ExampleFields.readLongs(in)));
    }
    return new StateDelta(tensors, tables);
  }

  private static void floats(float[] floats, DataOutput out) throws IOException {
    writeSize(floats.length, out);
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(floats.length, Float.BYTES));
    bytes.asFloatBuffer().put(floats);
    out.write(bytes.array());
  }

  private static float[] floats(DataInput in) throws IOException {
    float[] floats = new float[readSize(in)];
    byte[] bytes = new byte[Math.multiplyExact(floats.length, Float.BYTES)];
    in.readFully(bytes);
    ByteBuffer.wrap(bytes).asFloatBuffer().get(floats);
    return floats;
  }
}
