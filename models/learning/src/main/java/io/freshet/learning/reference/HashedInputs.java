package io.freshet.learning.reference;

import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureLayout;
import io.freshet.scoring.feature.FeatureLayout.HistorySlot;
import io.freshet.scoring.feature.FeatureLayout.IdSlot;
import io.freshet.scoring.feature.Ids;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The sparse inputs of an encoded example, hashed into 2^bits indices, each as {@code index << 32 |
 * bits of the float value}, in ascending order of index:
 *
 * <ul>
 *   <li>every id, cross and bias slot: its id, value 1 (a missing id is an id of its own, a missing
 *       cross is none);
 *   <li>every bag, and every field of a history: its ids, value 1/√(number of ids) each;
 *   <li>every field of a history: how often the candidate's own value is in it, as one of {@value
 *       #REPEATS} classes (0, 1, 2–3, 4–7, ...), value 1.
 * </ul>
 *
 * <p>Inputs that hash to one index add up.
 */
final class HashedInputs {

  private static final int REPEATS = 6;
  private static final long[] NOTHING = {};
  private static final long FACTOR = 0x9E3779B97F4A7C15L;

  private final FeatureLayout layout;
  private final int bits;
  private final long[] idSalts;
  private final long[] bagSalts;
  private final long[] crossSalts;
  private final long[] biasSalts;
  private final long[][] historySalts;
  private final long[][] repeatSalts;

  HashedInputs(FeatureLayout layout, int bits) {
    this.layout = layout;
    this.bits = bits;
    idSalts = salts("id", layout.ids());
    bagSalts = salts("bag", layout.bags());
    crossSalts = salts("cross", layout.crosses());
    biasSalts = salts("bias", layout.biases());
    historySalts = historySalts("history", layout.histories());
    repeatSalts = historySalts("repeat", layout.histories());
  }

  private static long[] salts(String kind, List<IdSlot> slots) {
    return slots.stream().mapToLong(slot -> Ids.of(kind + ' ' + slot.name())).toArray();
  }

  private static long[][] historySalts(String kind, List<HistorySlot> histories) {
    List<long[]> salts = new ArrayList<>();
    for (HistorySlot history : histories) {
      salts.add(salts(kind + ' ' + history.name(), history.fields()));
    }
    return salts.toArray(long[][]::new);
  }

  /** The inputs of {@code example} behind {@code room} elements that are left for the caller. */
  long[] of(EncodedExample example, int room) {
    long[] inputs = new long[room + most(example)];
    int end = room;
    for (int i = 0; i < idSalts.length; i++) {
      inputs[end++] = input(idSalts[i], example.ids()[i], 1);
    }
    for (int i = 0; i < biasSalts.length; i++) {
      inputs[end++] = input(biasSalts[i], example.biases()[i], 1);
    }
    for (int i = 0; i < crossSalts.length; i++) {
      if (example.crosses()[i] != Ids.MISSING) {
        inputs[end++] = input(crossSalts[i], example.crosses()[i], 1);
      }
    }
    for (int i = 0; i < bagSalts.length; i++) {
      end = bag(bagSalts[i], example.bags()[i], inputs, end);
    }
    for (int h = 0; h < historySalts.length; h++) {
      List<Integer> own = layout.histories().get(h).idSlots();
      for (int f = 0; f < own.size(); f++) {
        long[] past = example.historyLength(h) == 0 ? NOTHING : example.histories()[h][f];
        end = bag(historySalts[h][f], past, inputs, end);
        int repeats = repeats(past, example.ids()[own.get(f)]);
        inputs[end++] = input(repeatSalts[h][f], repeats, 1);
      }
    }
    return merged(inputs, room, end);
  }

  private int most(EncodedExample example) {
    int most = example.ids().length + example.biases().length + example.crosses().length;
    for (long[] repeats : repeatSalts) {
      most += repeats.length;
    }
    for (long[] bag : example.bags()) {
      most += bag.length;
    }
    for (long[][] fields : example.histories()) {
      for (long[] past : fields) {
        most += past.length;
      }
    }
    return most;
  }

  private int bag(long salt, long[] ids, long[] inputs, int end) {
    float value = (float) (1 / Math.sqrt(ids.length));
    for (long id : ids) {
      inputs[end++] = input(salt, id, value);
    }
    return end;
  }

  private static int repeats(long[] past, long own) {
    int count = 0;
    if (own != Ids.MISSING) {
      for (long id : past) {
        count += id == own ? 1 : 0;
      }
    }
    return Math.min(REPEATS - 1, Integer.SIZE - Integer.numberOfLeadingZeros(count));
  }

  private long input(long salt, long id, float value) {
    long mixed = (id ^ salt) * FACTOR;
    mixed = (mixed ^ mixed >>> 32) * FACTOR;
    return mixed >>> (Long.SIZE - bits) << 32 | Integer.toUnsignedLong(Float.floatToIntBits(value));
  }

  /** Sorts the elements from {@code from} to {@code end} and adds up those of one index. */
  private static long[] merged(long[] inputs, int from, int end) {
    Arrays.sort(inputs, from, end);
    int last = from - 1;
    for (int i = from; i < end; i++) {
      if (last >= from && index(inputs[last]) == index(inputs[i])) {
        float sum = value(inputs[last]) + value(inputs[i]);
        inputs[last] =
            (long) index(inputs[i]) << 32 | Integer.toUnsignedLong(Float.floatToIntBits(sum));
      } else {
        inputs[++last] = inputs[i];
      }
    }
    return Arrays.copyOf(inputs, last + 1);
  }

  static int index(long input) {
    return (int) (input >>> 32);
  }

  static float value(long input) {
    return Float.intBitsToFloat((int) input);
  }
}
