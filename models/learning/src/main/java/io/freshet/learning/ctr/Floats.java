package io.freshet.learning.ctr;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Arrays of floats and doubles as bytes, raw bits. */
public final class Floats {

  private Floats() {}

  public static void write(float[] floats, DataOutput out) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(floats.length, Float.BYTES));
    bytes.asFloatBuffer().put(floats);
    out.writeInt(floats.length);
    out.write(bytes.array());
  }

  public static void read(String what, float[] into, DataInput in) throws IOException {
    check(what, into.length, in.readInt());
    byte[] bytes = new byte[Math.multiplyExact(into.length, Float.BYTES)];
    in.readFully(bytes);
    ByteBuffer.wrap(bytes).asFloatBuffer().get(into);
  }

  public static void write(double[] doubles, DataOutput out) throws IOException {
    out.writeInt(doubles.length);
    for (double d : doubles) {
      out.writeDouble(d);
    }
  }

  public static void read(String what, double[] into, DataInput in) throws IOException {
    check(what, into.length, in.readInt());
    for (int i = 0; i < into.length; i++) {
      into[i] = in.readDouble();
    }
  }

  private static void check(String what, int expected, int saved) throws IOException {
    if (saved != expected) {
      throw new IOException(
          "expected %d numbers of %s, the saved state has %d".formatted(expected, what, saved));
    }
  }
}
