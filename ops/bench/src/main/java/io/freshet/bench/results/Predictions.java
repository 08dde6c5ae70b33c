package io.freshet.bench.results;

import io.freshet.learning.metric.QualityRows;
import io.freshet.scoring.feature.Ids;
import it.unimi.dsi.fastutil.floats.FloatArrayList;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * A predictions file by column: what is said of an example is held once, and of each model its
 * predictions only. All models must have said something of the same examples in the same order;
 * where some have said less at the end, what they all have counts. Those that learn from a part of
 * the examples alone are counted and left out.
 *
 * @param examples what is the same for all models
 * @param models predictions by model, in the file's order
 * @param parts how many examples each model had that saw a part of them
 */
record Predictions(
    ExampleColumns examples, int size, Map<String, float[]> models, Map<String, Integer> parts) {

  private static final List<String> HEADER =
      List.of(
          "model",
          "exampleId",
          "impressionTime",
          "readyTime",
          "userId",
          "itemId",
          "position",
          "label",
          "weight",
          "prediction",
          "trueProbability");

  /** Reads {@code file}, gzip when its name ends in .gz. */
  static Predictions read(Path file) throws IOException {
    try (InputStream bytes = Files.newInputStream(file);
        Reader text = new BufferedReader(new InputStreamReader(plain(file, bytes), utf8()));
        CSVParser rows =
            CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get().parse(text)) {
      if (!rows.getHeaderNames().containsAll(HEADER)) {
        throw new IllegalArgumentException(
            "%s must have the columns %s, got %s".formatted(file, HEADER, rows.getHeaderNames()));
      }
      return read(file, rows);
    }
  }

  private static Predictions read(Path file, CSVParser rows) {
    ExampleColumns examples = new ExampleColumns();
    Map<String, FloatArrayList> models = new LinkedHashMap<>();
    Map<String, Integer> parts = new LinkedHashMap<>();
    for (CSVRecord row : rows) {
      String model = row.get("model");
      long id = Ids.of(row.get("exampleId"));
      FloatArrayList said = models.computeIfAbsent(model, m -> new FloatArrayList());
      int at = said.size();
      if (at == examples.size() && models.size() == 1) {
        examples.add(id, row);
      } else if (parts.containsKey(model) || (at < examples.size() && examples.id(at) != id)) {
        if (!examples.holds(id)) {
          throw differs(file, at, model, row.get("exampleId"));
        }
        parts.putIfAbsent(model, at);
        parts.merge(model, 1, Integer::sum);
        continue;
      }
      said.add(Float.parseFloat(row.get("prediction")));
    }
    models.keySet().removeAll(parts.keySet());
    int size = models.values().stream().mapToInt(FloatArrayList::size).min().orElse(0);
    if (size == 0) {
      throw new IllegalArgumentException(file + " must have rows, got none");
    }
    parts.forEach(
        (model, count) -> {
          if (count >= size) {
            throw differs(file, count - 1, model, "of another order");
          }
        });
    Map<String, float[]> columns = new LinkedHashMap<>();
    models.forEach((model, said) -> columns.put(model, said.toFloatArray()));
    return new Predictions(examples, size, columns, parts);
  }

  private static IllegalArgumentException differs(Path file, int at, String model, String found) {
    return new IllegalArgumentException(
        "%s must have the same examples in the same order for every model, example %d of %s is %s"
            .formatted(file, at, model, found));
  }

  private static InputStream plain(Path file, InputStream bytes) throws IOException {
    return String.valueOf(file.getFileName()).endsWith(".gz")
        ? new GZIPInputStream(bytes, 1 << 16)
        : bytes;
  }

  private static java.nio.charset.Charset utf8() {
    return StandardCharsets.UTF_8;
  }

  /**
   * One model's predictions.
   *
   * @throws IllegalArgumentException if it said nothing
   */
  float[] of(String model) {
    float[] said = models.get(model);
    if (said == null) {
      throw new IllegalArgumentException(
          "predictions must be there of %s, got %s".formatted(model, models.keySet()));
    }
    return said;
  }

  /** One model's rows, those that every model has. */
  QualityRows rows(String model) {
    return examples.rows(of(model), size);
  }
}
