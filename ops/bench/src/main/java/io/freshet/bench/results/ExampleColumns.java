package io.freshet.bench.results;

import io.freshet.learning.metric.QualityRows;
import io.freshet.scoring.feature.Ids;
import it.unimi.dsi.fastutil.doubles.DoubleArrayList;
import it.unimi.dsi.fastutil.floats.FloatArrayList;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.Long2LongOpenHashMap;
import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import org.apache.commons.csv.CSVRecord;

/** Examples by column, in training order; some 70 bytes each. */
final class ExampleColumns {

  private final LongArrayList ids = new LongArrayList();
  private final LongOpenHashSet known = new LongOpenHashSet();
  private final LongArrayList users = new LongArrayList();
  private final LongArrayList items = new LongArrayList();
  private final LongArrayList impressionTimes = new LongArrayList();
  private final LongArrayList readyTimes = new LongArrayList();
  private final IntArrayList positions = new IntArrayList();
  private final FloatArrayList labels = new FloatArrayList();
  private final FloatArrayList weights = new FloatArrayList();
  private final DoubleArrayList trueProbabilities = new DoubleArrayList();

  void add(long id, CSVRecord row) {
    String user = row.get("userId");
    String truth = row.get("trueProbability");
    ids.add(id);
    known.add(id);
    users.add(user.isEmpty() ? QualityRows.NO_USER : Ids.of(user));
    items.add(Ids.of(row.get("itemId")));
    impressionTimes.add(Long.parseLong(row.get("impressionTime")));
    readyTimes.add(Long.parseLong(row.get("readyTime")));
    positions.add(Integer.parseInt(row.get("position")));
    labels.add(Float.parseFloat(row.get("label")));
    weights.add(Float.parseFloat(row.get("weight")));
    trueProbabilities.add(truth.isEmpty() ? Double.NaN : Double.parseDouble(truth));
  }

  int size() {
    return ids.size();
  }

  long id(int row) {
    return ids.getLong(row);
  }

  boolean holds(long id) {
    return known.contains(id);
  }

  float label(int row) {
    return labels.getFloat(row);
  }

  /** NaN where unknown. */
  double trueProbability(int row) {
    return trueProbabilities.getDouble(row);
  }

  long[] users(int size) {
    return users.subList(0, size).toLongArray();
  }

  QualityRows rows(float[] predictions, int size) {
    return new QualityRows(
        size,
        labels.elements(),
        weights.elements(),
        predictions,
        users.elements(),
        positions.elements(),
        trueProbabilities.elements(),
        readyTimes.elements());
  }

  /**
   * Rows whose user had at least {@code least} positives with a label known before the impression.
   */
  boolean[] withHistory(int size, int least) {
    Long2ObjectOpenHashMap<LongArrayList> known = new Long2ObjectOpenHashMap<>();
    for (int row = 0; row < size; row++) {
      if (isPositive(row) && users.getLong(row) != QualityRows.NO_USER) {
        known
            .computeIfAbsent(users.getLong(row), user -> new LongArrayList())
            .add(readyTimes.getLong(row));
      }
    }
    known.values().forEach(times -> times.sort(null));
    boolean[] chosen = new boolean[size];
    for (int row = 0; row < size; row++) {
      LongArrayList times = known.get(users.getLong(row));
      chosen[row] =
          times != null
              && times.size() >= least
              && times.getLong(least - 1) < impressionTimes.getLong(row);
    }
    return chosen;
  }

  /** Rows whose user had no positive with the same item with a label known before. */
  boolean[] firstOfItsPair(int size) {
    Long2LongOpenHashMap first = new Long2LongOpenHashMap();
    first.defaultReturnValue(Long.MAX_VALUE);
    for (int row = 0; row < size; row++) {
      if (isPositive(row) && users.getLong(row) != QualityRows.NO_USER) {
        first.mergeLong(pair(row), readyTimes.getLong(row), Math::min);
      }
    }
    boolean[] chosen = new boolean[size];
    for (int row = 0; row < size; row++) {
      chosen[row] =
          users.getLong(row) == QualityRows.NO_USER
              || first.get(pair(row)) >= impressionTimes.getLong(row);
    }
    return chosen;
  }

  private boolean isPositive(int row) {
    return labels.getFloat(row) > 0.5f;
  }

  private long pair(int row) {
    return Ids.cross(users.getLong(row), items.getLong(row));
  }
}
