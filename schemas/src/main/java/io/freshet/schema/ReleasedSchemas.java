package io.freshet.schema;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.avro.Schema;

/**
 * The schemas of earlier releases, kept so that what they wrote stays readable. The resource {@code
 * released/index} names one {@code .avsc} a line, oldest release first.
 */
public final class ReleasedSchemas {

  private static final String FOLDER = "released/";

  private ReleasedSchemas() {}

  /** Every released schema, oldest release first. */
  public static List<Schema> load() {
    return text("index")
        .lines()
        .map(line -> new Schema.Parser().parse(text(line.substring(0, line.indexOf(' ')))))
        .toList();
  }

  private static String text(String name) {
    try (InputStream in = ReleasedSchemas.class.getResourceAsStream(FOLDER + name)) {
      if (in == null) {
        throw new IllegalStateException(
            "the schemas jar must hold %s%s, which it does not".formatted(FOLDER, name));
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + FOLDER + name, e);
    }
  }
}
