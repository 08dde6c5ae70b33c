package io.freshet.cli.export;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A file in the safetensors format (huggingface/safetensors, "Format"): eight bytes with the length
 * of a JSON header, the header, then the arrays, row-major and little-endian, without a gap. Equal
 * content gives equal bytes.
 */
final class SafetensorsFile {

  /** Data begins at a multiple of this, which the format fills with spaces. */
  private static final int ALIGNMENT = 8;

  private final Map<String, String> metadata;
  private final List<Part> parts = new ArrayList<>();

  /** Writes an array's elements in order. */
  @FunctionalInterface
  interface Elements {
    void writeTo(Out out) throws IOException;
  }

  private enum Type {
    F32(Float.BYTES),
    I64(Long.BYTES);

    private final int bytes;

    Type(int bytes) {
      this.bytes = bytes;
    }
  }

  private record Part(String name, Type type, long[] shape, Elements elements) {

    long bytes() {
      long size = type.bytes;
      for (long length : shape) {
        size = Math.multiplyExact(size, length);
      }
      return size;
    }
  }

  /** Takes elements. */
  static final class Out {

    private final DataOutput to;
    private long written;

    private Out(DataOutput to) {
      this.to = to;
    }

    void write(float[] values, int from, int length) throws IOException {
      for (int i = from; i < from + length; i++) {
        to.writeInt(Integer.reverseBytes(Float.floatToRawIntBits(values[i])));
      }
      written += (long) length * Float.BYTES;
    }

    void write(long value) throws IOException {
      to.writeLong(Long.reverseBytes(value));
      written += Long.BYTES;
    }
  }

  /**
   * @param metadata free words about the file
   */
  SafetensorsFile(Map<String, String> metadata) {
    this.metadata = new TreeMap<>(metadata);
  }

  SafetensorsFile floats(String name, long[] shape, Elements elements) {
    parts.add(new Part(name, Type.F32, shape, elements));
    return this;
  }

  SafetensorsFile longs(String name, long[] shape, Elements elements) {
    parts.add(new Part(name, Type.I64, shape, elements));
    return this;
  }

  void write(Path file) throws IOException {
    byte[] header = header();
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16))) {
      out.writeLong(Long.reverseBytes(header.length));
      out.write(header);
      for (Part part : parts) {
        Out elements = new Out(out);
        part.elements.writeTo(elements);
        if (elements.written != part.bytes()) {
          throw new IllegalStateException(
              "%s of %s must have %d bytes, got %d"
                  .formatted(part.name, file.getFileName(), part.bytes(), elements.written));
        }
      }
    }
  }

  private byte[] header() throws IOException {
    JsonMapper json = JsonMapper.builder().build();
    ObjectNode header = json.createObjectNode();
    ObjectNode words = header.putObject("__metadata__");
    metadata.forEach(words::put);
    long at = 0;
    for (Part part : parts) {
      ObjectNode node = header.putObject(part.name);
      node.put("dtype", part.type.name());
      ArrayNode shape = node.putArray("shape");
      for (long length : part.shape) {
        shape.add(length);
      }
      node.putArray("data_offsets").add(at).add(at + part.bytes());
      at += part.bytes();
    }
    String text = json.writeValueAsString(header);
    int length = text.getBytes(StandardCharsets.UTF_8).length;
    String padding = " ".repeat(Math.floorMod(-length, ALIGNMENT));
    return (text + padding).getBytes(StandardCharsets.UTF_8);
  }
}
