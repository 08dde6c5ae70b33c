package io.freshet.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.junit.jupiter.api.Test;

/**
 * Schemas only grow: whatever was ever written stays readable, and old readers read what is written
 * now.
 */
final class ReleasedSchemasTest {

  private static final Path RELEASED = Path.of("src/main/resources/io/freshet/schema/released");
  private static final Path CURRENT = Path.of("src/main/avro");

  @Test
  void everyReleasedSchemaAndTheCurrentOneReadEachOther() {
    List<String> broken = new ArrayList<>();
    int pairs = 0;
    for (Schema current : schemasUnder(CURRENT)) {
      List<Schema> all = new ArrayList<>(versionsOf(current.getFullName()));
      all.add(current);
      for (Schema reader : all) {
        for (Schema writer : all) {
          pairs++;
          SchemaCompatibility.SchemaPairCompatibility result =
              SchemaCompatibility.checkReaderWriterCompatibility(reader, writer);
          if (result.getType() != SchemaCompatibilityType.COMPATIBLE) {
            broken.add(current.getFullName() + ": " + result.getResult().getIncompatibilities());
          }
        }
      }
    }
    assertThat(broken).isEmpty();
    assertThat(pairs).isGreaterThan(ReleasedSchemas.load().size());
  }

  @Test
  void noReleasedRecordIsLeftWithoutACurrentSchema() {
    List<String> current = schemasUnder(CURRENT).stream().map(Schema::getFullName).toList();
    assertThat(ReleasedSchemas.load()).extracting(Schema::getFullName).isSubsetOf(current);
  }

  @Test
  void theIndexNamesEveryReleasedFileWithTheFingerprintThatItHadThen() throws IOException {
    List<String> expected;
    try (Stream<Path> files = Files.walk(RELEASED)) {
      expected =
          files
              .filter(file -> file.toString().endsWith(".avsc"))
              .map(
                  file ->
                      "%s %016x"
                          .formatted(
                              RELEASED.relativize(file).toString().replace('\\', '/'),
                              AvroCodec.fingerprint(parse(file))))
              .toList();
    }
    try (InputStream in = ReleasedSchemas.class.getResourceAsStream("released/index")) {
      assertThat(in).isNotNull();
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines())
          .containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Test
  void everyFieldSaysWhatItIs() {
    List<String> undocumented = new ArrayList<>();
    schemasUnder(CURRENT).stream()
        .filter(schema -> schema.getNamespace().equals("io.freshet.schema.avro"))
        .forEach(schema -> collectUndocumented(schema, undocumented));
    assertThat(undocumented).isEmpty();
  }

  private static void collectUndocumented(Schema schema, List<String> undocumented) {
    switch (schema.getType()) {
      case RECORD -> {
        if (schema.getDoc() == null) {
          undocumented.add(schema.getFullName());
        }
        for (Schema.Field field : schema.getFields()) {
          if (field.doc() == null) {
            undocumented.add(schema.getFullName() + "." + field.name());
          }
          collectUndocumented(field.schema(), undocumented);
        }
      }
      case ARRAY -> collectUndocumented(schema.getElementType(), undocumented);
      case MAP -> collectUndocumented(schema.getValueType(), undocumented);
      case UNION -> schema.getTypes().forEach(type -> collectUndocumented(type, undocumented));
      default -> {}
    }
  }

  private static List<Schema> versionsOf(String fullName) {
    return ReleasedSchemas.load().stream()
        .filter(schema -> schema.getFullName().equals(fullName))
        .toList();
  }

  private static List<Schema> schemasUnder(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".avsc"))
          .sorted()
          .map(ReleasedSchemasTest::parse)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Schema parse(Path file) {
    try {
      return new Schema.Parser().parse(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
