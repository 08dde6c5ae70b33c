package io.freshet.scoring.state;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hasher128;
import com.dynatrace.hash4j.hashing.Hashing;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The hash of a whole serving state, kept incrementally: the sum, modulo 2^64 in each of two lanes,
 * of XXH3-128 over the canonical encoding of every row and every block of every tensor. Independent
 * of order and layout; its cost follows what changes. The encoding is specified in {@code
 * schemas/MODEL-LOG.md}; all numbers are little-endian:
 *
 * <pre>
 * row:    byte 1 | u16 length, UTF-8 of the table | u64 id | u32 width | width raw floats
 * tensor: byte 2 | u16 length, UTF-8 of the name | u8 rank | u32 each dimension | u32 block | raw floats of the block
 * </pre>
 */
public final class StateHash {

  /** Floats of one block of a dense tensor; the last block is shorter. */
  public static final int BLOCK_FLOATS = 4096;

  private static final byte ROW = 1;
  private static final byte TENSOR = 2;
  private static final Hasher128 HASHER = Hashing.xxh3_128();
  private static final VarHandle SHORT = view(short[].class);
  private static final VarHandle INT = view(int[].class);
  private static final VarHandle LONG = view(long[].class);

  /** Of the row that was hashed last; the next one of its table differs in id and floats only. */
  private byte[] row = new byte[0];

  private String rowTable = "";
  private int rowWidth = -1;
  private int rowIdAt;
  private FloatBuffer rowFloats = FloatBuffer.allocate(0);

  private byte[] block = new byte[0];
  private long high;
  private long low;

  private static VarHandle view(Class<?> array) {
    return MethodHandles.byteArrayViewVarHandle(array, ByteOrder.LITTLE_ENDIAN);
  }

  public HashValue value() {
    return new HashValue(high, low);
  }

  public void reset(HashValue value) {
    high = value.high();
    low = value.low();
  }

  public void addRow(String table, long id, float[] values, int offset, int width) {
    add(row(table, id, values, offset, width));
  }

  public void subtractRow(String table, long id, float[] values, int offset, int width) {
    subtract(row(table, id, values, offset, width));
  }

  public void addTensor(Tensor tensor) {
    for (int block = 0; block * BLOCK_FLOATS < tensor.data().length; block++) {
      add(block(tensor, block));
    }
  }

  public void subtractTensor(Tensor tensor) {
    for (int block = 0; block * BLOCK_FLOATS < tensor.data().length; block++) {
      subtract(block(tensor, block));
    }
  }

  private void add(HashValue128 term) {
    high += term.getMostSignificantBits();
    low += term.getLeastSignificantBits();
  }

  private void subtract(HashValue128 term) {
    high -= term.getMostSignificantBits();
    low -= term.getLeastSignificantBits();
  }

  private HashValue128 row(String table, long id, float[] values, int offset, int width) {
    if (width != rowWidth || !table.equals(rowTable)) {
      begin(table, width);
    }
    LONG.set(row, rowIdAt, id);
    rowFloats.put(0, values, offset, width);
    return HASHER.hashBytesTo128Bits(row, 0, row.length);
  }

  private void begin(String table, int width) {
    byte[] name = table.getBytes(StandardCharsets.UTF_8);
    row = new byte[3 + name.length + Long.BYTES + Integer.BYTES + Float.BYTES * width];
    rowIdAt = head(row, ROW, name);
    int floatsAt = rowIdAt + Long.BYTES + Integer.BYTES;
    INT.set(row, rowIdAt + Long.BYTES, width);
    rowFloats = floats(row, floatsAt, width);
    rowTable = table;
    rowWidth = width;
  }

  private HashValue128 block(Tensor tensor, int number) {
    int from = number * BLOCK_FLOATS;
    int count = Math.min(BLOCK_FLOATS, tensor.data().length - from);
    byte[] name = tensor.name().getBytes(StandardCharsets.UTF_8);
    int rank = tensor.shape().length;
    int length = 3 + name.length + 1 + Integer.BYTES * (rank + 1) + Float.BYTES * count;
    if (block.length < length) {
      block = new byte[length];
    }
    int at = head(block, TENSOR, name);
    block[at++] = (byte) rank;
    for (int dimension : tensor.shape()) {
      INT.set(block, at, dimension);
      at += Integer.BYTES;
    }
    INT.set(block, at, number);
    at += Integer.BYTES;
    floats(block, at, count).put(0, tensor.data(), from, count);
    return HASHER.hashBytesTo128Bits(block, 0, length);
  }

  /** Returns where the rest begins. */
  private static int head(byte[] into, byte kind, byte[] name) {
    into[0] = kind;
    SHORT.set(into, 1, (short) name.length);
    System.arraycopy(name, 0, into, 3, name.length);
    return 3 + name.length;
  }

  /** Takes raw bits of floats. */
  private static FloatBuffer floats(byte[] into, int at, int count) {
    return ByteBuffer.wrap(into, at, Float.BYTES * count)
        .slice()
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer();
  }
}
