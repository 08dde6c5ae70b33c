package io.freshet.learning.colbert;

import io.freshet.learning.table.ChangedRows;
import io.freshet.learning.table.LearnerChanges;
import io.freshet.scoring.colbert.ColbertShape;
import io.freshet.scoring.ctr.TensorSpec;
import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import io.freshet.scoring.state.StateHash;
import io.freshet.scoring.state.Tensor;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.util.Arrays;

/**
 * What documents are read by: a copy of what queries are read by, as of the last generation.
 * Between generations it stands still, so that document vectors can be kept and a version's change
 * is that of the query side alone.
 */
final class DocumentSide {

  private static final int MASK = 0xFFFF;

  private final ColbertShape shape;
  private final ModelState state;
  private final LearnerChanges changes;
  private final RowTable live;
  private final RowTable kept;
  private final ChangedRows keptRows;

  DocumentSide(ColbertShape shape, ModelState state, LearnerChanges changes) {
    this.shape = shape;
    this.state = state;
    this.changes = changes;
    this.live = state.table(ColbertShape.WORDS);
    this.kept = state.table(ColbertShape.DOCUMENTS + ColbertShape.WORDS);
    this.keptRows = changes.rows(kept);
  }

  /** Starts a generation: costs what exists, writes what changed. */
  void advance() {
    for (TensorSpec spec : shape.side()) {
      Tensor from = state.tensor(spec.name());
      Tensor to = state.tensor(ColbertShape.DOCUMENTS + spec.name());
      if (!Arrays.equals(from.data(), to.data())) {
        changes.touch(to);
        System.arraycopy(from.data(), 0, to.data(), 0, to.data().length);
      }
    }
    live.forEach(this::copy);
    LongArrayList gone = new LongArrayList();
    kept.forEach(
        (id, row) -> {
          if (live.find(id) < 0) {
            gone.add(id);
          }
        });
    for (int i = 0; i < gone.size(); i++) {
      keptRows.remove(kept.find(gone.getLong(i)));
    }
    number();
  }

  private void copy(long id, int from) {
    if (id == Ids.SHARED) {
      return;
    }
    int width = live.width();
    float[] values = live.values(from);
    int offset = live.valueOffset(from);
    int row = kept.find(id);
    if (row >= 0) {
      int at = kept.valueOffset(row);
      if (Arrays.equals(values, offset, offset + width, kept.values(row), at, at + width)) {
        return;
      }
    }
    row = keptRows.touchOrInsert(id);
    System.arraycopy(values, offset, kept.values(row), kept.valueOffset(row), width);
  }

  /** The number of the generation, and a hash of what it is: vectors of another never meet it. */
  private void number() {
    StateHash hash = new StateHash();
    for (TensorSpec spec : shape.side()) {
      hash.addTensor(state.tensor(ColbertShape.DOCUMENTS + spec.name()));
    }
    kept.forEach(
        (id, row) ->
            hash.addRow(kept.name(), id, kept.values(row), kept.valueOffset(row), kept.width()));
    Tensor tensor = state.tensor(ColbertShape.GENERATION);
    changes.touch(tensor);
    long value = hash.value().low();
    tensor.data()[0]++;
    for (int i = 0; i < 4; i++) {
      tensor.data()[1 + i] = value >>> (48 - 16 * i) & MASK;
    }
  }
}
