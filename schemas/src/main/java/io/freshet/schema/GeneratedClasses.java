package io.freshet.schema;

import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * The classes of the records, enums and fixed types that given record types consist of. Avro itself
 * looks classes up by the names in a schema, and only where process-wide settings trust them; here
 * no other class can come of a schema.
 */
final class GeneratedClasses extends SpecificData {

  private final Map<String, Class<?>> byName = new HashMap<>();

  GeneratedClasses(Class<? extends SpecificRecord> type) {
    super(type.getClassLoader());
    setCustomCoders(true); // generated code instead of boxing field by field: several times as fast
    collect(getSchema(type), type.getClassLoader());
  }

  @Override
  public @Nullable Class<?> getClass(Schema schema) {
    return switch (schema.getType()) {
      case RECORD, ENUM, FIXED -> byName.get(schema.getFullName());
      default -> super.getClass(schema);
    };
  }

  private void collect(Schema schema, ClassLoader loader) {
    switch (schema.getType()) {
      case RECORD -> {
        if (byName.put(schema.getFullName(), load(schema, loader)) == null) {
          schema.getFields().forEach(field -> collect(field.schema(), loader));
        }
      }
      case ENUM, FIXED -> byName.put(schema.getFullName(), load(schema, loader));
      case ARRAY -> collect(schema.getElementType(), loader);
      case MAP -> collect(schema.getValueType(), loader);
      case UNION -> schema.getTypes().forEach(type -> collect(type, loader));
      default -> {}
    }
  }

  private static Class<?> load(Schema schema, ClassLoader loader) {
    try {
      return Class.forName(schema.getFullName(), true, loader);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(
          "%s must have a generated class".formatted(schema.getFullName()), e);
    }
  }
}
