package io.freshet.learning.reference;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The first bytes of a saved reference: its name and format, so that a mix-up is refused instead of
 * read.
 */
final class Saved {

  private static final int FORMAT = 1;

  private Saved() {}

  static void writeHead(DataOutput out, String name) throws IOException {
    out.writeUTF(name);
    out.writeInt(FORMAT);
  }

  static void readHead(DataInput in, String name) throws IOException {
    String found = in.readUTF();
    int format = in.readInt();
    if (!found.equals(name) || format != FORMAT) {
      throw new IOException(
          "a saved reference %s of format %d was expected, found %s of format %d"
              .formatted(name, FORMAT, found, format));
    }
  }

  static void requireEqual(String what, double saved, double mine) throws IOException {
    if (Double.compare(saved, mine) != 0) {
      throw new IOException(
          "a reference must resume with the settings it was saved with: %s was %s, is %s"
              .formatted(what, saved, mine));
    }
  }
}
