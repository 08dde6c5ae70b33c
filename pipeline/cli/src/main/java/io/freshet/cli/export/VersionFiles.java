package io.freshet.cli.export;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.modellog.Version;
import io.freshet.modellog.VersionFacts;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import io.freshet.scoring.state.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A version as files: {@code tensors.safetensors} with all dense tensors, {@code
 * table-N.safetensors} with the rows of each table by ascending id, and {@code model.json}, written
 * last, with where it comes from, what it was trained with and which file holds which table. Equal
 * versions give equal files.
 */
public final class VersionFiles {

  static final String TENSORS = "tensors.safetensors";
  static final String MODEL = "model.json";

  private final String model;
  private final VersionFacts facts;
  private final ModelState state;
  private final Map<String, String> metadata;

  /**
   * @param state the version's, which does not change meanwhile
   * @throws IllegalArgumentException if the state does not have the version's hash
   */
  public VersionFiles(String model, VersionFacts facts, ModelState state) {
    if (!state.computeHash().equals(facts.stateHash())) {
      throw new IllegalArgumentException(
          "the state of %s %s must have hash %s, it has %s"
              .formatted(model, facts.version(), facts.stateHash(), state.computeHash()));
    }
    this.model = model;
    this.facts = facts;
    this.state = state;
    this.metadata =
        Map.of(
            "model",
            model,
            "version",
            facts.version().toString(),
            "stateHash",
            facts.stateHash().toString());
  }

  /** Whether files may go there: there is nothing yet, or an empty directory. */
  public static boolean isFree(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return true;
    }
    if (!Files.isDirectory(directory)) {
      return false;
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.findAny().isEmpty();
    }
  }

  public VersionFacts facts() {
    return facts;
  }

  /** Returns the bytes of all files. */
  public long write(Path directory) throws IOException {
    Files.createDirectories(directory);
    SafetensorsFile tensors = new SafetensorsFile(metadata);
    for (Tensor tensor : state.tensors().values()) {
      long[] shape = Arrays.stream(tensor.shape()).asLongStream().toArray();
      tensors.floats(
          tensor.name(), shape, out -> out.write(tensor.data(), 0, tensor.data().length));
    }
    tensors.write(directory.resolve(TENSORS));
    Map<String, String> files = new TreeMap<>();
    List<RowTable> tables =
        state.tables().values().stream().sorted(Comparator.comparing(RowTable::name)).toList();
    for (int t = 0; t < tables.size(); t++) {
      String file = "table-%d.safetensors".formatted(t);
      files.put(tables.get(t).name(), file);
      write(tables.get(t), directory.resolve(file));
    }
    JsonMapper json = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    json.writeValue(directory.resolve(MODEL).toFile(), describe(json, files));
    try (Stream<Path> all = Files.list(directory)) {
      return all.mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private void write(RowTable table, Path file) throws IOException {
    int[] rows = rows(table);
    new SafetensorsFile(metadata)
        .longs(
            "ids",
            new long[] {rows.length},
            out -> {
              for (int row : rows) {
                out.write(table.idOf(row));
              }
            })
        .floats(
            "values",
            new long[] {rows.length, table.width()},
            out -> {
              for (int row : rows) {
                out.write(table.values(row), table.valueOffset(row), table.width());
              }
            })
        .write(file);
  }

  /** Row numbers by ascending id. */
  private static int[] rows(RowTable table) {
    int[] rows = new int[table.size()];
    int[] count = new int[1];
    table.forEach((id, row) -> rows[count[0]++] = row);
    return IntStream.of(rows)
        .boxed()
        .sorted(Comparator.comparingLong(table::idOf))
        .mapToInt(row -> row)
        .toArray();
  }

  private ObjectNode describe(JsonMapper json, Map<String, String> files) throws IOException {
    ObjectNode node = json.createObjectNode();
    Version parent = facts.parent();
    node.put("model", model).put("epoch", facts.version().epoch());
    node.put("version", facts.version().number());
    node.put("stateHash", facts.stateHash().toString());
    node.put("parent", parent == null ? null : parent.toString());
    node.put("step", facts.step()).put("eventTime", facts.eventTime());
    node.put("gate", facts.gate()).put("seed", facts.seed());
    node.put("engine", facts.engine()).put("code", facts.code());
    node.put("tensorsFile", TENSORS);
    ObjectNode tensors = node.putObject("tensors");
    for (Tensor tensor : state.tensors().values()) {
      ArrayNode shape = tensors.putArray(tensor.name());
      Arrays.stream(tensor.shape()).forEach(shape::add);
    }
    ObjectNode tables = node.putObject("tables");
    files.forEach(
        (name, file) -> {
          RowTable table = state.table(name);
          tables
              .putObject(name)
              .put("file", file)
              .put("width", table.width())
              .put("rows", table.size());
        });
    ObjectNode metrics = node.putObject("metrics");
    new TreeMap<>(facts.metrics()).forEach(metrics::put);
    ObjectNode lineage = node.putObject("lineage");
    new TreeMap<>(facts.lineage()).forEach(lineage::put);
    node.set("settings", json.readTree(facts.settings()));
    return node;
  }
}
