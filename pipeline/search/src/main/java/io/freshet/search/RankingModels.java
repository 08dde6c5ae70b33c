package io.freshet.search;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Reads settings once, as long as they stay the same. Safe for any number of threads. */
final class RankingModels {

  private final AtomicReference<@Nullable RankingModel> last = new AtomicReference<>();

  /**
   * @throws NoRanker as {@link RankingModel#of}
   */
  RankingModel of(String settings) {
    RankingModel known = last.get();
    if (known == null || !known.json().equals(settings)) {
      known = RankingModel.of(settings);
      last.set(known);
    }
    return known;
  }
}
