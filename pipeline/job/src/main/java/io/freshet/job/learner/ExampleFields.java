package io.freshet.job.learner;

import static io.freshet.job.serial.Fields.readSize;
import static io.freshet.job.serial.Fields.writeSize;

import io.freshet.scoring.feature.EncodedExample;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** Encoded examples and arrays in checkpoints. */
final class ExampleFields {

  private ExampleFields() {}

  static void write(EncodedExample example, DataOutput out) throws IOException {
    writeLongs(example.ids(), out);
    writeSize(example.bags().length, out);
    for (long[] bag : example.bags()) {
      writeLongs(bag, out);
    }
    writeLongs(example.crosses(), out);
    writeLongs(example.biases(), out);
    writeFloats(example.numbers(), out);
    writeLongs(example.counterIds(), out);
    writeSize(example.histories().length, out);
    for (long[][] history : example.histories()) {
      writeSize(history.length, out);
      for (long[] field : history) {
        writeLongs(field, out);
      }
    }
    out.writeLong(example.eventTime());
    writeSize(example.tokens().length, out);
    for (long[] text : example.tokens()) {
      writeLongs(text, out);
    }
  }

  static EncodedExample read(DataInput in) throws IOException {
    long[] ids = readLongs(in);
    long[][] bags = new long[readSize(in)][];
    for (int i = 0; i < bags.length; i++) {
      bags[i] = readLongs(in);
    }
    long[] crosses = readLongs(in);
    long[] biases = readLongs(in);
    float[] numbers = readFloats(in);
    long[] counterIds = readLongs(in);
    long[][][] histories = new long[readSize(in)][][];
    for (int h = 0; h < histories.length; h++) {
      histories[h] = new long[readSize(in)][];
      for (int f = 0; f < histories[h].length; f++) {
        histories[h][f] = readLongs(in);
      }
    }
    long eventTime = in.readLong();
    long[][] tokens = new long[readSize(in)][];
    for (int t = 0; t < tokens.length; t++) {
      tokens[t] = readLongs(in);
    }
    return new EncodedExample(
        ids, bags, crosses, biases, numbers, counterIds, histories, eventTime, tokens);
  }

  static void writeLongs(long[] values, DataOutput out) throws IOException {
    writeSize(values.length, out);
    for (long value : values) {
      out.writeLong(value);
    }
  }

  static long[] readLongs(DataInput in) throws IOException {
    long[] values = new long[readSize(in)];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.readLong();
    }
    return values;
  }

  static void writeFloats(float[] values, DataOutput out) throws IOException {
    writeSize(values.length, out);
    for (float value : values) {
      out.writeInt(Float.floatToRawIntBits(value));
    }
  }

  static float[] readFloats(DataInput in) throws IOException {
    float[] values = new float[readSize(in)];
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.intBitsToFloat(in.readInt());
    }
    return values;
  }
}
