package io.freshet.schema;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Records of one topic as Avro single-object encodings: 0xC3 0x01, the writer schema's CRC-64-AVRO
 * fingerprint (8 bytes, little-endian), the binary encoding. The fingerprint tells record types
 * apart, and lets a record that an earlier release wrote be read as the current type.
 *
 * <p>An instance reuses its buffers and belongs to one thread.
 */
public final class AvroCodec {

  /** Bytes before the record's own encoding. */
  public static final int HEADER_BYTES = 10;

  private static final int MARKER_0 = 0xC3;
  private static final int MARKER_1 = 0x01;
  private static final int SHOWN_BYTES = 16;

  private final Map<Class<?>, Writer> writers = new LinkedHashMap<>();
  private final Map<Long, SpecificDatumReader<SpecificRecord>> readers = new HashMap<>();
  private final ByteArrayOutputStream buffer = new ByteArrayOutputStream(512);
  private final BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(buffer, null);
  private @Nullable BinaryDecoder decoder;

  private record Writer(SpecificDatumWriter<SpecificRecord> writer, byte[] header) {}

  private AvroCodec(List<Class<? extends SpecificRecord>> types, List<Schema> released) {
    for (Class<? extends SpecificRecord> type : types) {
      SpecificData data = new GeneratedClasses(type);
      Schema current = data.getSchema(type);
      writers.put(type, new Writer(new SpecificDatumWriter<>(current, data), header(current)));
      readers.put(fingerprint(current), new SpecificDatumReader<>(current, current, data));
      for (Schema earlier : released) {
        if (earlier.getFullName().equals(current.getFullName())) {
          readers.putIfAbsent(
              fingerprint(earlier), new SpecificDatumReader<>(earlier, current, data));
        }
      }
    }
  }

  /** A codec of {@code types}, which also reads what earlier releases wrote of them. */
  @SafeVarargs
  public static AvroCodec of(Class<? extends SpecificRecord>... types) {
    List<Class<? extends SpecificRecord>> list = new ArrayList<>();
    for (Class<? extends SpecificRecord> type : types) {
      list.add(type);
    }
    return new AvroCodec(list, ReleasedSchemas.load());
  }

  /** As {@link #of}, with the earlier schemas given. */
  static AvroCodec of(List<Class<? extends SpecificRecord>> types, List<Schema> released) {
    return new AvroCodec(types, released);
  }

  /**
   * The CRC-64-AVRO of a schema's parsing canonical form, which documentation and defaults do not
   * change.
   */
  public static long fingerprint(Schema schema) {
    return SchemaNormalization.parsingFingerprint64(schema);
  }

  /** The fingerprints that this codec can decode. */
  public Set<Long> fingerprints() {
    return Set.copyOf(readers.keySet());
  }

  /**
   * @throws IllegalArgumentException if the record's type is not one of the codec's, or it holds a
   *     null or a value of another type where its schema has none
   */
  public byte[] encode(SpecificRecord message) {
    Writer writer = writers.get(message.getClass());
    if (writer == null) {
      throw new IllegalArgumentException(
          "record must be one of %s, got %s"
              .formatted(typeNames(), message.getClass().getSimpleName()));
    }
    buffer.reset();
    try {
      encoder.writeFixed(writer.header);
      writer.writer.write(message, encoder);
      encoder.flush();
    } catch (AvroRuntimeException | NullPointerException | ClassCastException e) {
      discardUnflushed();
      throw new IllegalArgumentException(
          "%s must fit its schema: %s"
              .formatted(message.getClass().getSimpleName(), misfit(message, e)),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory cannot fail", e);
    }
    return buffer.toByteArray();
  }

  private static @Nullable String misfit(SpecificRecord message, RuntimeException failure) {
    for (Schema.Field field : message.getSchema().getFields()) {
      if (message.get(field.pos()) == null && !field.schema().isNullable()) {
        return field.name() + " must be there, got null";
      }
    }
    return failure.getMessage();
  }

  /**
   * A failed write leaves its first bytes in the encoder; they must not precede the next record.
   */
  private void discardUnflushed() {
    EncoderFactory.get().binaryEncoder(buffer, encoder);
  }

  /**
   * The record in {@code bytes}, as its current type.
   *
   * @throws UndecodableRecord if {@code bytes} are no record of the codec's types, cut short, or
   *     followed by something
   */
  @SuppressWarnings("NullAway") // without a record to reuse Avro makes one
  public SpecificRecord decode(byte[] bytes) throws UndecodableRecord {
    SpecificDatumReader<SpecificRecord> reader = reader(bytes);
    return requireWhole(bytes, reader.getExpected().getName(), binary -> reader.read(null, binary));
  }

  private SpecificDatumReader<SpecificRecord> reader(byte[] bytes) throws UndecodableRecord {
    if (bytes.length < HEADER_BYTES) {
      throw new UndecodableRecord(
          "record must have at least %d bytes, got %s".formatted(HEADER_BYTES, shown(bytes)));
    }
    if ((bytes[0] & 0xFF) != MARKER_0 || bytes[1] != MARKER_1) {
      throw new UndecodableRecord(
          "record must begin with the Avro single-object marker c301, got " + shown(bytes));
    }
    long fingerprint = 0;
    for (int i = HEADER_BYTES - 1; i >= 2; i--) {
      fingerprint = fingerprint << 8 | bytes[i] & 0xFF;
    }
    SpecificDatumReader<SpecificRecord> reader = readers.get(fingerprint);
    if (reader == null) {
      throw new UndecodableRecord(
          "record's schema must be a known one of %s, got fingerprint %016x in %s"
              .formatted(typeNames(), fingerprint, shown(bytes)));
    }
    return reader;
  }

  /** As {@link #decode(byte[])}, for a place where only {@code type} may come. */
  public <T extends SpecificRecord> T decode(byte[] bytes, Class<T> type) throws UndecodableRecord {
    SpecificRecord message = decode(bytes);
    if (!type.isInstance(message)) {
      throw new UndecodableRecord(
          "record must be a %s, got a %s"
              .formatted(type.getSimpleName(), message.getClass().getSimpleName()));
    }
    return type.cast(message);
  }

  /**
   * As {@link #decode(byte[], Class)}, without making the record: a fraction of the cost.
   *
   * @throws UndecodableRecord where that would throw it
   */
  public void check(byte[] bytes, Class<? extends SpecificRecord> type) throws UndecodableRecord {
    SpecificDatumReader<SpecificRecord> reader = reader(bytes);
    Schema written = reader.getSchema();
    if (!reader.getExpected().getFullName().equals(type.getName())) {
      throw new UndecodableRecord(
          "record must be a %s, got a %s".formatted(type.getSimpleName(), written.getName()));
    }
    requireWhole(
        bytes,
        written.getName(),
        binary -> {
          GenericDatumReader.skip(written, binary);
          return Boolean.TRUE;
        });
  }

  private interface Reading<T> {
    T from(BinaryDecoder binary) throws IOException;
  }

  private <T> T requireWhole(byte[] bytes, String name, Reading<T> reading)
      throws UndecodableRecord {
    try {
      BinaryDecoder binary =
          DecoderFactory.get()
              .binaryDecoder(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES, decoder);
      decoder = binary;
      T message = reading.from(binary);
      if (binary.isEnd()) {
        return message;
      }
    } catch (IOException | RuntimeException e) {
      // Avro meets damaged bytes with whatever breaks first: its own exceptions, index or cast
      // failures.
      throw new UndecodableRecord(
          "%s must be whole Avro of its schema, got %s: %s"
              .formatted(
                  name,
                  shown(bytes),
                  e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()),
          e);
    }
    throw new UndecodableRecord(
        "%s must end with its last field, got more bytes in %s".formatted(name, shown(bytes)));
  }

  private List<String> typeNames() {
    return writers.keySet().stream().map(Class::getSimpleName).toList();
  }

  private static String shown(byte[] bytes) {
    String first = HexFormat.of().formatHex(bytes, 0, Math.min(SHOWN_BYTES, bytes.length));
    return bytes.length <= SHOWN_BYTES
        ? "%d bytes [%s]".formatted(bytes.length, first)
        : "%d bytes [%s...]".formatted(bytes.length, first);
  }

  private static byte[] header(Schema schema) {
    byte[] header = new byte[HEADER_BYTES];
    header[0] = (byte) MARKER_0;
    header[1] = (byte) MARKER_1;
    long fingerprint = fingerprint(schema);
    for (int i = 0; i < Long.BYTES; i++) {
      header[2 + i] = (byte) (fingerprint >>> (8 * i));
    }
    return header;
  }
}
