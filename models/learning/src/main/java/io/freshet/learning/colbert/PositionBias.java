package io.freshet.learning.colbert;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a learner's metrics say of the positions that it was to estimate, in words. */
public final class PositionBias {

  static final String KNOWN = "examinationKnown";

  /**
   * The metric that counts pairs of query and document that were clicked and seen at several
   * positions.
   */
  public static final String MOVED_PAIRS = "examinationMovedPairs";

  static final String LARGEST_ERROR = "examinationLargestError";
  static final String UNWEIGHTED_CLICKS = "examinationUnweightedClicks";

  private PositionBias() {}

  /** The metric that holds the estimate of a position, counted from 1. */
  public static String metric(int position) {
    return "examination." + position;
  }

  /** Why there is no estimate; null where there is one, or none was asked for. */
  public static @Nullable String notice(Map<String, Double> metrics) {
    Double known = metrics.get(KNOWN);
    if (known == null || known > 0) {
      return null;
    }
    double moved = metrics.getOrDefault(MOVED_PAIRS, 0.0);
    return "clicks weigh 1 whatever their position: an estimate of how likely a position is to be looked at"
        + " must come from documents that one query shows at several positions, "
        + (moved > 0
            ? "too few clicks came of the %.0f that were".formatted(moved)
            : "and none was");
  }
}
