package io.freshet.faults;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Faults to come, as a function of a seed. */
final class FaultPlan {

  private FaultPlan() {}

  /**
   * @param number counted from 1
   * @param draw decides whatever the kind leaves open: whom it meets, for how long
   */
  record Fault(int number, FaultKind kind, long draw) {

    /** Draws what the kind leaves open. */
    Random random() {
      return new Random(draw);
    }
  }

  /**
   * Every kind at least once where {@code count} lets it, the rest by their weights, in any order.
   */
  static List<Fault> draw(long seed, int count, Set<FaultKind> kinds) {
    if (count < 1 || kinds.isEmpty()) {
      throw new FaultsFailed(
          "a plan must have faults and kinds, got %d of %s".formatted(count, kinds));
    }
    Random random = new Random(seed);
    List<FaultKind> chosen = new ArrayList<>(kinds.stream().sorted().toList());
    Collections.shuffle(chosen, random);
    List<FaultKind> urn = new ArrayList<>();
    kinds.stream().sorted().forEach(kind -> urn.addAll(Collections.nCopies(kind.weight(), kind)));
    while (chosen.size() < count) {
      chosen.add(urn.get(random.nextInt(urn.size())));
    }
    List<FaultKind> order = new ArrayList<>(chosen.subList(0, count));
    Collections.shuffle(order, random);
    List<Fault> faults = new ArrayList<>();
    for (FaultKind kind : order) {
      faults.add(new Fault(faults.size() + 1, kind, random.nextLong()));
    }
    return faults;
  }
}
