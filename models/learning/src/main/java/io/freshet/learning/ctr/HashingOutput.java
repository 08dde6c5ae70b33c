package io.freshet.learning.ctr;

import com.dynatrace.hash4j.hashing.HashStream128;
import java.io.DataOutputStream;
import java.io.OutputStream;

/** A data output that hashes what is written to it. */
final class HashingOutput extends DataOutputStream {

  HashingOutput(HashStream128 stream) {
    super(new Sink(stream));
  }

  private static final class Sink extends OutputStream {

    private final HashStream128 stream;

    Sink(HashStream128 stream) {
      this.stream = stream;
    }

    @Override
    public void write(int b) {
      stream.putByte((byte) b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      stream.putBytes(bytes, offset, length);
    }
  }
}
