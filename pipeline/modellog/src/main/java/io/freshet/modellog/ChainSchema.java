package io.freshet.modellog;

import io.freshet.modellog.LogEntry.TableSummary;
import io.freshet.scoring.state.StateDelta;
import io.freshet.scoring.state.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tensors and tables of a chain of versions, which every manifest lists.
 *
 * @param tensors shape by name
 * @param widths floats of a row by table
 */
record ChainSchema(Map<String, List<Integer>> tensors, Map<String, Integer> widths) {

  static final ChainSchema EMPTY = new ChainSchema(Map.of(), Map.of());

  static ChainSchema of(LogEntry.Manifest manifest) {
    Map<String, Integer> widths = new LinkedHashMap<>();
    manifest.tables().forEach(table -> widths.put(table.name(), table.width()));
    return new ChainSchema(new LinkedHashMap<>(manifest.tensors()), widths);
  }

  /**
   * This with what a version brings. A version without a parent names every tensor; no later one
   * adds any.
   */
  ChainSchema with(VersionFacts facts, StateDelta delta) {
    Map<String, List<Integer>> allTensors = new LinkedHashMap<>(tensors);
    Map<String, Integer> allWidths = new LinkedHashMap<>(widths);
    for (Tensor tensor : delta.tensors()) {
      List<Integer> shape = Arrays.stream(tensor.shape()).boxed().toList();
      List<Integer> known = allTensors.putIfAbsent(tensor.name(), shape);
      if (known == null ? facts.parent() != null : !known.equals(shape)) {
        throw new IllegalArgumentException(
            "tensor %s of %s must be one of the chain's with its shape %s, got shape %s"
                .formatted(tensor.name(), facts.version(), known, shape));
      }
    }
    for (StateDelta.Rows rows : delta.tables()) {
      Integer known = allWidths.putIfAbsent(rows.table(), rows.width());
      if (known != null && known != rows.width()) {
        throw new IllegalArgumentException(
            "table %s of %s must have rows of %d floats, got %d"
                .formatted(rows.table(), facts.version(), known, rows.width()));
      }
    }
    return new ChainSchema(allTensors, allWidths);
  }

  /** What a manifest says of every table. */
  List<TableSummary> tables(VersionFacts facts, Chunker chunker) {
    List<TableSummary> tables = new ArrayList<>();
    widths.forEach(
        (name, width) ->
            tables.add(
                new TableSummary(
                    name,
                    width,
                    chunker.rowsOf(name),
                    chunker.tombstonesOf(name),
                    facts.rowCounts().getOrDefault(name, 0L))));
    return tables;
  }
}
