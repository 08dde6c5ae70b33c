package io.freshet.source.file;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Lines of a stream as bytes, without their ends: a bad line must reach the dead letters as it is,
 * so nothing is decoded here. What is longer than {@value #LONGEST} bytes is cut there and said to
 * be.
 */
final class Lines implements AutoCloseable {

  /** Longer than any event may be. */
  static final int LONGEST = 4 << 20;

  private final InputStream in;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream(512);
  private boolean cut;

  Lines(InputStream in) {
    this.in = in;
  }

  /** Null at the end. */
  byte @Nullable [] next() throws IOException {
    line.reset();
    cut = false;
    int b = in.read();
    if (b < 0) {
      return null;
    }
    while (b >= 0 && b != '\n') {
      if (line.size() < LONGEST) {
        line.write(b);
      } else {
        cut = true;
      }
      b = in.read();
    }
    return line.toByteArray();
  }

  /** Whether the last line was longer than what was returned. */
  boolean wasCut() {
    return cut;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
