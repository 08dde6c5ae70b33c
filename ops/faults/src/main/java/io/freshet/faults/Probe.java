package io.freshet.faults;

import io.freshet.scoring.feature.Instance;
import java.util.List;
import java.util.Map;

/** The candidates by which a reader shows what it holds, and the oracle what it should. */
final class Probe {

  private static final long TIME = 4_102_444_800_000L;

  private Probe() {}

  /** Always the same. */
  static List<Instance> candidates() {
    return List.of(
        candidate("i1", "u1", 10.0), candidate("i7", "u3", 3.5), candidate("i42", "u9", 99.0));
  }

  private static Instance candidate(String item, String user, double price) {
    return new Instance(
        item,
        Map.of("category", "c1", "price", price),
        user,
        Map.of("device", "phone"),
        1,
        TIME,
        Map.of());
  }

  /** What these logits are, bit by bit. */
  static String bits(float[] logits) {
    StringBuilder bits = new StringBuilder();
    for (float logit : logits) {
      bits.append("%08x".formatted(Float.floatToRawIntBits(logit)));
    }
    return bits.toString();
  }
}
