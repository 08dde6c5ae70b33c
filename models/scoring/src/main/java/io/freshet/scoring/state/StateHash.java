package io.freshet.scoring.state;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hasher128;
import com.dynatrace.hash4j.hashing.Hashing;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

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

  private byte[] buffer = new byte[256];
  private String lastName = "";
  private byte[] lastNameBytes = new byte[0];
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
    int at = head(ROW, table, 12 + 4 * width);
    LONG.set(buffer, at, id);
    INT.set(buffer, at + 8, width);
    return HASHER.hashBytesTo128Bits(buffer, 0, floats(at + 12, values, offset, width));
  }

  private HashValue128 block(Tensor tensor, int block) {
    int from = block * BLOCK_FLOATS;
    int count = Math.min(BLOCK_FLOATS, tensor.data().length - from);
    int rank = tensor.shape().length;
    int at = head(TENSOR, tensor.name(), 1 + 4 * rank + 4 + 4 * count);
    buffer[at++] = (byte) rank;
    for (int dimension : tensor.shape()) {
      INT.set(buffer, at, dimension);
      at += 4;
    }
    INT.set(buffer, at, block);
    return HASHER.hashBytesTo128Bits(buffer, 0, floats(at + 4, tensor.data(), from, count));
  }

  private int head(byte kind, String name, int rest) {
    if (!name.equals(lastName)) {
      lastName = name;
      lastNameBytes = name.getBytes(StandardCharsets.UTF_8);
    }
    int length = 3 + lastNameBytes.length;
    if (buffer.length < length + rest) {
      buffer = Arrays.copyOf(buffer, length + rest);
    }
    buffer[0] = kind;
    SHORT.set(buffer, 1, (short) lastNameBytes.length);
    System.arraycopy(lastNameBytes, 0, buffer, 3, lastNameBytes.length);
    return length;
  }

  private int floats(int at, float[] values, int offset, int count) {
    for (int i = 0; i < count; i++) {
      INT.set(buffer, at + 4 * i, Float.floatToRawIntBits(values[offset + i]));
    }
    return at + 4 * count;
  }
}
