package io.freshet.learning.table;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * The state of a component whose size changes, as numbers of a fixed count: how many bytes it
 * saves, then those, eight a number.
 */
public final class SavedBytes implements LearnerChanges.Numbers {

  /** Writes a component's state. */
  @FunctionalInterface
  public interface Save {
    void to(DataOutput out) throws IOException;
  }

  /** Takes over what {@link Save} wrote. */
  @FunctionalInterface
  public interface Load {
    void from(DataInput in) throws IOException;
  }

  private final int numbers;
  private final Save save;
  private final Load load;

  /**
   * @param largest bytes that are ever saved
   */
  public SavedBytes(int largest, Save save, Load load) {
    this.numbers = (largest + Long.BYTES - 1) / Long.BYTES;
    this.save = save;
    this.load = load;
  }

  @Override
  public int count() {
    return 1 + numbers;
  }

  @Override
  public void write(float[] into) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      save.to(new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (bytes.size() > numbers * Long.BYTES) {
      throw new IllegalStateException(
          "a component may save %d bytes, got %d".formatted(numbers * Long.BYTES, bytes.size()));
    }
    ByteBuffer buffer = ByteBuffer.allocate(numbers * Long.BYTES).put(bytes.toByteArray());
    ExactNumbers.write(bytes.size(), into, 0);
    for (int i = 0; i < numbers; i++) {
      ExactNumbers.write(buffer.getLong(i * Long.BYTES), into, (1 + i) * ExactNumbers.FLOATS);
    }
  }

  @Override
  public void read(float[] from) {
    ByteBuffer buffer = ByteBuffer.allocate(numbers * Long.BYTES);
    for (int i = 0; i < numbers; i++) {
      buffer.putLong(ExactNumbers.read(from, (1 + i) * ExactNumbers.FLOATS));
    }
    int size = (int) ExactNumbers.read(from, 0);
    try {
      load.from(new DataInputStream(new ByteArrayInputStream(buffer.array(), 0, size)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
