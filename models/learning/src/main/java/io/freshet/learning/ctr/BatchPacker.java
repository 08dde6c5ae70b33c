package io.freshet.learning.ctr;

import io.freshet.learning.Example;
import io.freshet.learning.engine.PackedBatch;
import io.freshet.learning.table.BatchRows;
import io.freshet.learning.table.LearnedTable;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureLayout;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import java.util.List;

/** Turns a list of examples into a {@link PackedBatch}, after counting the events of their ids. */
final class BatchPacker {

  private final FeatureLayout layout;
  private final List<BatchRows> tables;
  private final LongOpenHashSet seenInBag = new LongOpenHashSet();

  /**
   * @param tables of id, bag, cross and bias slots, in the layout's order
   */
  BatchPacker(FeatureLayout layout, List<LearnedTable> tables) {
    this.layout = layout;
    this.tables = tables.stream().map(BatchRows::new).toList();
  }

  /** The rows of the last batch, by table. */
  List<BatchRows> tables() {
    return tables;
  }

  /**
   * @param dense [B][dense], standardised
   */
  PackedBatch pack(List<Example> batch, float[] dense) {
    tables.forEach(BatchRows::clear);
    batch.forEach(example -> count(example.features()));
    int size = batch.size();
    float[] labels = new float[size];
    float[] weights = new float[size];
    for (int e = 0; e < size; e++) {
      labels[e] = batch.get(e).label();
      weights[e] = batch.get(e).weight();
    }
    int[][] ids = new int[layout.ids().size()][];
    for (int i = 0; i < ids.length; i++) {
      int slot = i;
      ids[i] = entries(batch, slot, example -> example.ids()[slot]);
    }
    int[][] bagOffsets = new int[layout.bags().size()][];
    int[][] bags = new int[bagOffsets.length][];
    for (int b = 0; b < bags.length; b++) {
      bagOffsets[b] = bagOffsets(batch, b);
      bags[b] = bagEntries(batch, b, bagOffsets[b]);
    }
    int[][] crosses = new int[layout.crosses().size()][];
    for (int c = 0; c < crosses.length; c++) {
      int slot = c;
      crosses[c] = entries(batch, firstCross() + c, example -> example.crosses()[slot]);
    }
    int[][] biases = new int[layout.biases().size()][];
    for (int b = 0; b < biases.length; b++) {
      int slot = b;
      biases[b] = entries(batch, firstBias() + b, example -> example.biases()[slot]);
    }
    int[][] historyOffsets = new int[layout.histories().size()][];
    int[][][] histories = new int[historyOffsets.length][][];
    for (int h = 0; h < histories.length; h++) {
      historyOffsets[h] = historyOffsets(batch, h);
      histories[h] = historyEntries(batch, h, historyOffsets[h]);
    }
    return new PackedBatch(
        size,
        labels,
        weights,
        dense,
        tables.stream().map(BatchRows::gather).toArray(float[][]::new),
        ids,
        bagOffsets,
        bags,
        crosses,
        biases,
        historyOffsets,
        histories);
  }

  private interface IdOf {
    long of(EncodedExample example);
  }

  /** Every id of the candidate counts one event of the example, however often a bag names it. */
  private void count(EncodedExample example) {
    long time = example.eventTime();
    int table = 0;
    for (long id : example.ids()) {
      tables.get(table++).count(id, time);
    }
    for (long[] bag : example.bags()) {
      seenInBag.clear();
      for (long id : bag) {
        if (seenInBag.add(id)) {
          tables.get(table).count(id, time);
        }
      }
      table++;
    }
    for (long id : example.crosses()) {
      tables.get(table++).count(id, time);
    }
    for (long id : example.biases()) {
      tables.get(table++).count(id, time);
    }
  }

  private int[] entries(List<Example> batch, int table, IdOf id) {
    BatchRows rows = tables.get(table);
    int[] entries = new int[batch.size()];
    for (int e = 0; e < entries.length; e++) {
      entries[e] = rows.entry(id.of(batch.get(e).features()));
    }
    return entries;
  }

  private int firstCross() {
    return layout.ids().size() + layout.bags().size();
  }

  private int firstBias() {
    return firstCross() + layout.crosses().size();
  }

  private static int[] bagOffsets(List<Example> batch, int b) {
    int[] offsets = new int[batch.size() + 1];
    for (int e = 0; e < batch.size(); e++) {
      offsets[e + 1] = offsets[e] + batch.get(e).features().bags()[b].length;
    }
    return offsets;
  }

  private int[] bagEntries(List<Example> batch, int b, int[] offsets) {
    BatchRows rows = tables.get(layout.ids().size() + b);
    int[] entries = new int[offsets[batch.size()]];
    int at = 0;
    for (Example example : batch) {
      for (long id : example.features().bags()[b]) {
        entries[at++] = rows.entry(id);
      }
    }
    return entries;
  }

  private static int[] historyOffsets(List<Example> batch, int h) {
    int[] offsets = new int[batch.size() + 1];
    for (int e = 0; e < batch.size(); e++) {
      offsets[e + 1] = offsets[e] + batch.get(e).features().historyLength(h);
    }
    return offsets;
  }

  /** [fields][positions]. */
  private int[][] historyEntries(List<Example> batch, int h, int[] offsets) {
    List<Integer> idSlots = layout.histories().get(h).idSlots();
    int[][] entries = new int[idSlots.size()][offsets[batch.size()]];
    for (int f = 0; f < entries.length; f++) {
      BatchRows rows = tables.get(idSlots.get(f));
      int at = 0;
      for (Example example : batch) {
        if (example.features().historyLength(h) > 0) {
          for (long id : example.features().histories()[h][f]) {
            entries[f][at++] = rows.entry(id);
          }
        }
      }
    }
    return entries;
  }
}
