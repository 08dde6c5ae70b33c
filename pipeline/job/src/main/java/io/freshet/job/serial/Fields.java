package io.freshet.job.serial;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The binary form of fields between operators and in checkpoints. Strings are short and mostly
 * ASCII: a length, then one byte a character where that is possible, UTF-8 otherwise.
 */
public final class Fields {

  private static final byte STRING = 0;
  private static final byte NUMBER = 1;
  private static final byte LIST = 2;

  private Fields() {}

  /** Non-negative, seven bits a byte, lowest first. */
  public static void writeSize(int size, DataOutput out) throws IOException {
    int rest = size;
    while (rest > 0x7F) {
      out.writeByte(rest | 0x80);
      rest >>>= 7;
    }
    out.writeByte(rest);
  }

  public static int readSize(DataInput in) throws IOException {
    int size = 0;
    for (int shift = 0; ; shift += 7) {
      int next = in.readUnsignedByte();
      size |= (next & 0x7F) << shift;
      if (next < 0x80) {
        return size;
      }
    }
  }

  /** Null is written too. */
  public static void writeString(@Nullable String text, DataOutput out) throws IOException {
    if (text == null) {
      writeSize(0, out);
      return;
    }
    boolean ascii = isAscii(text);
    byte[] bytes = text.getBytes(ascii ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
    writeSize(1 + (bytes.length << 1 | (ascii ? 0 : 1)), out);
    out.write(bytes);
  }

  public static @Nullable String readNullableString(DataInput in) throws IOException {
    int head = readSize(in);
    if (head == 0) {
      return null;
    }
    byte[] bytes = new byte[(head - 1) >>> 1];
    in.readFully(bytes);
    return new String(
        bytes, ((head - 1) & 1) == 0 ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
  }

  public static String readString(DataInput in) throws IOException {
    String text = readNullableString(in);
    if (text == null) {
      throw new IOException("a text must be here, found none");
    }
    return text;
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0x7F) {
        return false;
      }
    }
    return true;
  }

  /** Attribute values: a String, a Double or a list of Strings. */
  public static void writeAttributes(Map<String, Object> attributes, DataOutput out)
      throws IOException {
    writeSize(attributes.size(), out);
    for (Map.Entry<String, Object> attribute : attributes.entrySet()) {
      writeString(attribute.getKey(), out);
      writeValue(attribute.getValue(), out);
    }
  }

  public static Map<String, Object> readAttributes(DataInput in) throws IOException {
    int size = readSize(in);
    if (size == 0) {
      return Map.of();
    }
    Map<String, Object> attributes = new LinkedHashMap<>(2 * size);
    for (int i = 0; i < size; i++) {
      attributes.put(readString(in), readValue(in));
    }
    return attributes;
  }

  private static void writeValue(Object value, DataOutput out) throws IOException {
    if (value instanceof String text) {
      out.writeByte(STRING);
      writeString(text, out);
    } else if (value instanceof Double number) {
      out.writeByte(NUMBER);
      out.writeDouble(number);
    } else if (value instanceof List<?> list) {
      out.writeByte(LIST);
      writeSize(list.size(), out);
      for (Object element : list) {
        writeString((String) element, out);
      }
    } else {
      throw new IOException(
          "an attribute must be a text, a number or a list of texts, got "
              + value.getClass().getName());
    }
  }

  private static Object readValue(DataInput in) throws IOException {
    byte kind = in.readByte();
    switch (kind) {
      case STRING:
        return readString(in);
      case NUMBER:
        return in.readDouble();
      case LIST:
        int size = readSize(in);
        List<String> list = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
          list.add(readString(in));
        }
        return List.copyOf(list);
      default:
        throw new IOException("an attribute's kind must be 0, 1 or 2, found " + kind);
    }
  }

  /** NaN stands for null: no number that is written here may be NaN. */
  public static void writeNullable(@Nullable Double number, DataOutput out) throws IOException {
    out.writeDouble(number == null ? Double.NaN : number);
  }

  public static @Nullable Double readNullableDouble(DataInput in) throws IOException {
    double number = in.readDouble();
    return Double.isNaN(number) ? null : number;
  }
}
