package io.freshet.scoring.feature;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A user's histories as the ids that models read of them, packed: hashed once when an entry enters,
 * copied as bytes from then on. One block per history of a {@link HistoryPlan}, in its order; an
 * entry is the item's id, the action's, and then the ids of the plan's attributes, 64 bits each,
 * little-endian. Immutable.
 */
public final class PastIds {

  /** Of a user who has done nothing yet. */
  public static final PastIds NONE = new PastIds(new byte[0][]);

  private static final byte[] EMPTY = {};
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[][] blocks;

  private PastIds(byte[][] blocks) {
    this.blocks = blocks;
  }

  /**
   * What {@link #block} gave, packed by the same plan.
   *
   * @param blocks belong to the result from now on
   */
  public static PastIds of(byte[][] blocks) {
    return new PastIds(blocks);
  }

  /** Packs histories, by {@link HistoryKey}. */
  public static PastIds of(HistoryPlan plan, Map<String, List<HistoryEntry>> histories) {
    PastIds packed = NONE;
    for (int h = 0; h < plan.histories().size(); h++) {
      HistoryPlan.Kept kept = plan.histories().get(h);
      for (HistoryEntry entry : histories.getOrDefault(kept.key(), List.of())) {
        packed = packed.with(h, plan.ids(entry), kept.length());
      }
    }
    return packed;
  }

  /**
   * These histories after an entry.
   *
   * @param history index in the plan
   * @param ids from {@link HistoryPlan#ids}
   * @param length the newest so many entries stay
   */
  public PastIds with(int history, long[] ids, int length) {
    byte[] old = block(history);
    int entry = ids.length * Long.BYTES;
    int kept = Math.min(old.length, (length - 1) * entry);
    byte[] longer = new byte[kept + entry];
    System.arraycopy(old, old.length - kept, longer, 0, kept);
    for (int i = 0; i < ids.length; i++) {
      LONGS.set(longer, kept + i * Long.BYTES, ids[i]);
    }
    byte[][] changed = Arrays.copyOf(blocks, Math.max(blocks.length, history + 1));
    changed[history] = longer;
    for (int h = blocks.length; h < history; h++) {
      changed[h] = EMPTY;
    }
    return new PastIds(changed);
  }

  /** Whether an item stands in any history with that action. */
  public boolean holds(HistoryPlan plan, long item, long action) {
    int stride = plan.stride();
    for (byte[] block : blocks) {
      int words = block.length / Long.BYTES;
      for (int at = 0; at < words; at += stride) {
        if (word(block, at) == item && word(block, at + HistoryPlan.ACTION) == action) {
          return true;
        }
      }
    }
    return false;
  }

  /** Histories up to the last one that holds something. */
  public int size() {
    return blocks.length;
  }

  /** The bytes of one history, not to be changed; empty where there is none. */
  public byte[] block(int history) {
    return history < blocks.length ? blocks[history] : EMPTY;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PastIds that && Arrays.deepEquals(blocks, that.blocks);
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(blocks);
  }

  /** The id at {@code index} 64-bit words from a block's start. */
  static long word(byte[] block, int index) {
    return (long) LONGS.get(block, index * Long.BYTES);
  }
}
