package io.freshet.job.timeline;

import static io.freshet.job.serial.Fields.readSize;
import static io.freshet.job.serial.Fields.readString;
import static io.freshet.job.serial.Fields.writeSize;
import static io.freshet.job.serial.Fields.writeString;

import io.freshet.scoring.feature.PastIds;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Histories between operators and in checkpoints. */
public final class TimelineFields {

  private TimelineFields() {}

  public static void writePast(PastIds past, DataOutput out) throws IOException {
    writeSize(past.size(), out);
    for (int h = 0; h < past.size(); h++) {
      writeBytes(past.block(h), out);
    }
  }

  public static PastIds readPast(DataInput in) throws IOException {
    int size = readSize(in);
    if (size == 0) {
      return PastIds.NONE;
    }
    byte[][] blocks = new byte[size][];
    for (int h = 0; h < size; h++) {
      blocks[h] = readBytes(in);
    }
    return PastIds.of(blocks);
  }

  static void writeBytes(byte[] bytes, DataOutput out) throws IOException {
    writeSize(bytes.length, out);
    out.write(bytes);
  }

  static byte[] readBytes(DataInput in) throws IOException {
    byte[] bytes = new byte[readSize(in)];
    in.readFully(bytes);
    return bytes;
  }

  static void writeStrings(List<String> strings, DataOutput out) throws IOException {
    writeSize(strings.size(), out);
    for (String string : strings) {
      writeString(string, out);
    }
  }

  static List<String> readStrings(DataInput in) throws IOException {
    int size = readSize(in);
    List<String> strings = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      strings.add(readString(in));
    }
    return strings;
  }
}
