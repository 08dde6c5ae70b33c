package io.freshet.job.learner;

import io.freshet.scoring.state.LearnerState;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import io.freshet.scoring.state.Tensor;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A learner's whole state as bytes: raw bits, rows by ascending id. */
final class StateFields {

  private StateFields() {}

  static void write(LearnerState state, DataOutput out) throws IOException {
    write(state.serving(), out);
    write(state.own(), out);
  }

  /**
   * Fills a state.
   *
   * @param into all zero and empty, of the layout that was written
   */
  static void read(LearnerState into, DataInput in) throws IOException {
    read(into.serving(), in);
    read(into.own(), in);
  }

  private static void write(ModelState state, DataOutput out) throws IOException {
    out.writeInt(state.tensors().size());
    for (Tensor tensor : state.tensors().values()) {
      out.writeUTF(tensor.name());
      out.writeInt(tensor.data().length);
      write(tensor.data(), 0, tensor.data().length, out);
    }
    out.writeInt(state.tables().size());
    for (RowTable table : state.tables().values()) {
      out.writeUTF(table.name());
      out.writeInt(table.width());
      out.writeInt(table.size());
      for (long id : table.sortedIds()) {
        int row = table.find(id);
        out.writeLong(id);
        write(table.values(row), table.valueOffset(row), table.width(), out);
      }
    }
  }

  private static void read(ModelState into, DataInput in) throws IOException {
    requireSize("tensors", into.tensors().size(), in.readInt());
    for (int i = 0; i < into.tensors().size(); i++) {
      String name = in.readUTF();
      float[] data = into.tensor(name).data();
      requireSize("floats of tensor " + name, data.length, in.readInt());
      read(data, 0, data.length, in);
    }
    requireSize("tables", into.tables().size(), in.readInt());
    for (int i = 0; i < into.tables().size(); i++) {
      RowTable table = into.table(in.readUTF());
      requireSize("floats of a row of table " + table.name(), table.width(), in.readInt());
      for (int n = in.readInt(); n > 0; n--) {
        int row = table.findOrInsert(in.readLong());
        read(table.values(row), table.valueOffset(row), table.width(), in);
      }
    }
  }

  private static void write(float[] floats, int offset, int count, DataOutput out)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(count, Float.BYTES));
    bytes.asFloatBuffer().put(floats, offset, count);
    out.write(bytes.array());
  }

  private static void read(float[] floats, int offset, int count, DataInput in) throws IOException {
    byte[] bytes = new byte[Math.multiplyExact(count, Float.BYTES)];
    in.readFully(bytes);
    ByteBuffer.wrap(bytes).asFloatBuffer().get(floats, offset, count);
  }

  private static void requireSize(String what, int expected, int saved) throws IOException {
    if (saved != expected) {
      throw new IOException(
          "the learner must have %d %s, the saved state has %d".formatted(expected, what, saved));
    }
  }
}
