package io.freshet.modellog;

import static org.assertj.core.api.Assertions.assertThat;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hashing;
import io.freshet.schema.AvroCodec;
import io.freshet.schema.avro.log.AnchorIndex;
import io.freshet.schema.avro.log.ChainIndex;
import io.freshet.schema.avro.log.Chunk;
import io.freshet.schema.avro.log.Claim;
import io.freshet.schema.avro.log.Commit;
import io.freshet.schema.avro.log.Manifest;
import io.freshet.schema.avro.log.ServedName;
import io.freshet.schema.avro.log.Slots;
import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import io.freshet.scoring.state.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

/**
 * The vectors in {@code schemas/MODEL-LOG.md}, computed anew, by the code and by a plain reading of
 * the text.
 */
class SpecificationTest {

  private static final Path SPECIFICATION = Path.of("../../schemas/MODEL-LOG.md");

  @Test
  void everyVectorOfTheSpecificationIsWhatTheCodeComputes() throws IOException {
    assertThat(written()).containsExactlyEntriesOf(computed());
  }

  @Test
  void theStateHashIsTheSumThatTheTextDescribes() {
    byte[] rowOne = row("item", 42, 1.5f, -0.0f);
    byte[] rowTwo = row("item", -1, 0.25f, 3f);
    byte[] bias = block("mlp.0.b", new int[] {3}, 0, new float[] {1, 2, 3});
    long high = 0;
    long low = 0;
    for (byte[] term : List.of(rowOne, rowTwo, bias)) {
      HashValue128 hash = Hashing.xxh3_128().hashBytesTo128Bits(term);
      high += hash.getMostSignificantBits();
      low += hash.getLeastSignificantBits();
    }
    assertThat(smallState().computeHash()).isEqualTo(new HashValue(high, low));
  }

  private static Map<String, String> written() throws IOException {
    Map<String, String> vectors = new LinkedHashMap<>();
    boolean within = false;
    for (String line : Files.readAllLines(SPECIFICATION)) {
      if (line.startsWith("```")) {
        within = line.equals("```vectors");
      } else if (within && !line.isBlank()) {
        String[] parts = line.split(" = ", 2);
        vectors.put(parts[0].strip(), parts[1].strip());
      }
    }
    return vectors;
  }

  private static Map<String, String> computed() {
    Map<String, String> vectors = new LinkedHashMap<>();
    for (Schema schema :
        List.of(
            Chunk.getClassSchema(),
            Manifest.getClassSchema(),
            Claim.getClassSchema(),
            Commit.getClassSchema(),
            AnchorIndex.getClassSchema(),
            ChainIndex.getClassSchema(),
            ServedName.getClassSchema(),
            Slots.getClassSchema(),
            io.freshet.schema.avro.log.Command.getClassSchema(),
            io.freshet.schema.avro.log.Decision.getClassSchema())) {
      vectors.put(
          "fingerprint " + schema.getName(), "%016x".formatted(AvroCodec.fingerprint(schema)));
    }
    for (String text : List.of("", "i17", "Füße", "漢字")) {
      vectors.put("id \"%s\"".formatted(text), "%016x".formatted(Ids.of(text)));
    }
    vectors.put("cross \"i17\" \"c4\"", "%016x".formatted(Ids.cross(Ids.of("i17"), Ids.of("c4"))));
    byte[] row = row("item", 42, 1.5f, -0.0f);
    vectors.put("row bytes", HexFormat.of().formatHex(row));
    vectors.put("row hash", LogCodec.hash(row).hex());
    byte[] block = block("mlp.0.b", new int[] {3}, 0, new float[] {1, 2, 3});
    vectors.put("block bytes", HexFormat.of().formatHex(block));
    vectors.put("block hash", LogCodec.hash(block).hex());
    vectors.put("large tensor hash", largeState().computeHash().hex());
    vectors.put("state hash", smallState().computeHash().hex());
    byte[] chunk =
        new LogCodec("din")
            .chunk(
                new Version(1, 2),
                false,
                0,
                List.of(
                    new LogEntry.Part.TensorPart("b", new int[] {2}, 0, new float[] {1, -1}),
                    new LogEntry.Part.RowsPart("item", 1, new long[] {42}, new float[] {1.5f}),
                    new LogEntry.Part.TombstonesPart("item", 1, new long[] {7})));
    vectors.put("chunk value", HexFormat.of().formatHex(chunk));
    vectors.put("chunk hash", LogCodec.hash(chunk).hex());
    return vectors;
  }

  private static ModelState smallState() {
    RowTable items = new RowTable("item", 2);
    put(items, 42, 1.5f, -0.0f);
    put(items, -1, 0.25f, 3f);
    return new ModelState(
        List.of(new Tensor("mlp.0.b", new int[] {3}, new float[] {1, 2, 3})), List.of(items));
  }

  private static ModelState largeState() {
    float[] data = new float[5000];
    for (int i = 0; i < data.length; i++) {
      data[i] = i * 0.5f;
    }
    return new ModelState(List.of(new Tensor("large", new int[] {50, 100}, data)), List.of());
  }

  private static void put(RowTable table, long id, float... values) {
    int row = table.findOrInsert(id);
    System.arraycopy(values, 0, table.values(row), table.valueOffset(row), values.length);
  }

  /** byte 1 | u16 length, UTF-8 of the table | u64 id | u32 width | width raw floats. */
  private static byte[] row(String table, long id, float... values) {
    Bytes bytes = new Bytes().u8(1).text(table);
    bytes.put(8, buffer -> buffer.putLong(id));
    bytes.u32(values.length);
    return bytes.floats(values).done();
  }

  /**
   * byte 2 | u16 length, UTF-8 of the name | u8 rank | u32 each dimension | u32 block | raw floats.
   */
  private static byte[] block(String name, int[] shape, int block, float[] values) {
    Bytes bytes = new Bytes().u8(2).text(name).u8(shape.length);
    for (int dimension : shape) {
      bytes.u32(dimension);
    }
    return bytes.u32(block).floats(values).done();
  }

  private static final class Bytes {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private interface Put {
      void into(ByteBuffer buffer);
    }

    Bytes put(int size, Put put) {
      ByteBuffer buffer = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
      put.into(buffer);
      out.writeBytes(buffer.array());
      return this;
    }

    Bytes u8(int value) {
      return put(1, buffer -> buffer.put((byte) value));
    }

    Bytes u32(int value) {
      return put(4, buffer -> buffer.putInt(value));
    }

    Bytes text(String text) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      put(2, buffer -> buffer.putShort((short) utf8.length));
      out.writeBytes(utf8);
      return this;
    }

    Bytes floats(float... values) {
      List<Float> list = new ArrayList<>();
      for (float value : values) {
        list.add(value);
      }
      return put(4 * values.length, buffer -> list.forEach(buffer::putFloat));
    }

    byte[] done() {
      return out.toByteArray();
    }
  }
}
