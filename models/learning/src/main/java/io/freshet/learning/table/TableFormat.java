package io.freshet.learning.table;

import io.freshet.scoring.state.RowTable;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A table as bytes: rows with their slots in the canonical order of ids, so that no trace of its
 * layout is left.
 */
final class TableFormat {

  private TableFormat() {}

  static void write(RowTable table, DataOutput out) throws IOException {
    out.writeUTF(table.name());
    out.writeInt(table.width());
    out.writeInt(table.slotWidth());
    out.writeInt(table.size());
    byte[] bytes = new byte[rowBytes(table)];
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    for (long id : table.sortedIds()) {
      int row = table.find(id);
      buffer.clear();
      buffer.putLong(id);
      put(buffer, table.values(row), table.valueOffset(row), table.width());
      put(buffer, table.slots(row), table.slotOffset(row), table.slotWidth());
      out.write(bytes);
    }
  }

  /** Fills an empty table. */
  static void read(RowTable table, DataInput in) throws IOException {
    String name = in.readUTF();
    int width = in.readInt();
    int slotWidth = in.readInt();
    if (!name.equals(table.name()) || width != table.width() || slotWidth != table.slotWidth()) {
      throw new IOException(
          "expected table %s of width %d with %d slots, the saved state has %s of width %d with %d slots"
              .formatted(table.name(), table.width(), table.slotWidth(), name, width, slotWidth));
    }
    int size = in.readInt();
    byte[] bytes = new byte[rowBytes(table)];
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    for (int i = 0; i < size; i++) {
      in.readFully(bytes);
      buffer.clear();
      int row = table.findOrInsert(buffer.getLong());
      get(buffer, table.values(row), table.valueOffset(row), table.width());
      get(buffer, table.slots(row), table.slotOffset(row), table.slotWidth());
    }
  }

  private static int rowBytes(RowTable table) {
    return Long.BYTES + Float.BYTES * (table.width() + table.slotWidth());
  }

  private static void put(ByteBuffer buffer, float[] floats, int offset, int count) {
    for (int i = 0; i < count; i++) {
      buffer.putInt(Float.floatToRawIntBits(floats[offset + i]));
    }
  }

  private static void get(ByteBuffer buffer, float[] floats, int offset, int count) {
    for (int i = 0; i < count; i++) {
      floats[offset + i] = Float.intBitsToFloat(buffer.getInt());
    }
  }
}
