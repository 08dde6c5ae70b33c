package io.freshet.learning.colbert;

import io.freshet.learning.HashedNormal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Draws documents that other queries of a batch were shown, as negatives for one query: never what
 * the same query text was shown, which holds everything clicked for it. A function of seed, step
 * and list.
 */
final class Negatives {

  private final long key;
  private final int count;

  Negatives(long seed, int count) {
    this.key = HashedNormal.key(seed, "ranking.negatives");
    this.count = count;
  }

  /** The numbers of at most {@code count} distinct documents. */
  List<Integer> draw(RankedBatch batch, int query, long step, int list) {
    if (count == 0) {
      return List.of();
    }
    Set<Integer> own = new HashSet<>();
    for (int e = 0; e < batch.size(); e++) {
      if (batch.query()[e] == query) {
        own.add(batch.document()[e]);
      }
    }
    List<Integer> others = new ArrayList<>();
    for (int document = 0; document < batch.documents().size(); document++) {
      if (!own.contains(document)) {
        others.add(document);
      }
    }
    long draws = HashedNormal.key(HashedNormal.key(key, step), list);
    int wanted = Math.min(count, others.size());
    for (int i = 0; i < wanted; i++) {
      int at = i + (int) (HashedNormal.uniform(draws, i) * (others.size() - i));
      int drawn = others.get(at);
      others.set(at, others.get(i));
      others.set(i, drawn);
    }
    return others.subList(0, wanted);
  }
}
