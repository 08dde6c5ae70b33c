package io.freshet.learning.engine;

import io.freshet.scoring.ctr.CtrShape;
import io.freshet.scoring.ctr.TensorSpec;
import io.freshet.scoring.feature.FeatureLayout.IdSlot;
import io.freshet.scoring.state.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Batches and tensors of random numbers for any shape, large enough for every nonlinearity to bend.
 */
public final class RandomBatch {

  private static final int ENTRIES = 9;

  private final CtrShape shape;
  private final Random random;

  public RandomBatch(CtrShape shape, long seed) {
    this.shape = shape;
    this.random = new Random(seed);
  }

  public Map<String, Tensor> tensors() {
    Map<String, Tensor> tensors = new TreeMap<>();
    for (TensorSpec spec : shape.tensors()) {
      float[] data = floats(spec.size(), 0.6);
      if (spec.name().endsWith(".var")) {
        for (int i = 0; i < data.length; i++) {
          data[i] = 0.3f + Math.abs(data[i]);
        }
      }
      tensors.put(spec.name(), new Tensor(spec.name(), spec.dimensions(), data));
    }
    return tensors;
  }

  /** Histories of 0 to the declared number of positions; the first example's are empty. */
  public PackedBatch batch(int size) {
    List<IdSlot> slots = new ArrayList<>(shape.layout().ids());
    slots.addAll(shape.layout().bags());
    slots.addAll(shape.layout().crosses());
    slots.addAll(shape.layout().biases());
    int[][] bagOffsets = new int[shape.layout().bags().size()][];
    int[][] bags = new int[bagOffsets.length][];
    for (int b = 0; b < bags.length; b++) {
      bagOffsets[b] = offsets(size, 4);
      bags[b] = entries(bagOffsets[b][size]);
    }
    int[][] historyOffsets = new int[shape.layout().histories().size()][];
    int[][][] histories = new int[historyOffsets.length][][];
    for (int h = 0; h < histories.length; h++) {
      historyOffsets[h] = offsets(size, shape.layout().histories().get(h).length() + 1);
      histories[h] = new int[shape.layout().histories().get(h).fields().size()][];
      for (int f = 0; f < histories[h].length; f++) {
        histories[h][f] = entries(historyOffsets[h][size]);
      }
    }
    float[] labels = new float[size];
    float[] weights = new float[size];
    for (int e = 0; e < size; e++) {
      labels[e] = random.nextInt(2);
      weights[e] = 0.5f + random.nextFloat();
    }
    return new PackedBatch(
        size,
        labels,
        weights,
        floats(size * shape.denseSize(), 1),
        slots.stream().map(slot -> floats(ENTRIES * slot.width(), 0.7)).toArray(float[][]::new),
        perExample(shape.layout().ids().size(), size),
        bagOffsets,
        bags,
        perExample(shape.layout().crosses().size(), size),
        perExample(shape.layout().biases().size(), size),
        historyOffsets,
        histories);
  }

  private int[][] perExample(int slots, int size) {
    int[][] entries = new int[slots][];
    for (int i = 0; i < slots; i++) {
      entries[i] = entries(size);
    }
    return entries;
  }

  private int[] offsets(int size, int bound) {
    int[] offsets = new int[size + 1];
    for (int e = 0; e < size; e++) {
      offsets[e + 1] = offsets[e] + (e == 0 ? 0 : random.nextInt(bound));
    }
    return offsets;
  }

  private int[] entries(int count) {
    return random.ints(count, 0, ENTRIES).toArray();
  }

  private float[] floats(int count, double deviation) {
    float[] floats = new float[count];
    for (int i = 0; i < count; i++) {
      floats[i] = (float) (deviation * random.nextGaussian());
    }
    return floats;
  }
}
