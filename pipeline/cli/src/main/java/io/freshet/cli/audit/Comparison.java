package io.freshet.cli.audit;

import io.freshet.modellog.Decision;
import io.freshet.modellog.VersionFacts;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Compares what a rebuild comes by, one round end after another, with the versions that were
 * published, and its refusals with those that were written down.
 */
final class Comparison implements RebuiltLog.Listener {

  private final Deque<VersionFacts> coming;
  private final TreeMap<Long, Decision> refusals = new TreeMap<>();
  private int equal;
  private int refused;
  private @Nullable String difference;

  /**
   * @param versions up to the audited one, which is the last
   * @param decisions on the learner that is audited
   */
  Comparison(List<VersionFacts> versions, List<Decision> decisions) {
    this.coming = new ArrayDeque<>(versions);
    for (Decision decision : decisions) {
      if (decision.kind() == Decision.Kind.REFUSED) {
        refusals.put(decision.at().step(), decision);
      }
    }
  }

  @Override
  public void published(VersionFacts rebuilt) {
    missed(rebuilt.step());
    VersionFacts next = coming.peekFirst();
    if (isOver()
        || next == null
        || next.step() != rebuilt.step()
        || isRollback(next) != isRollback(rebuilt)) {
      return;
    }
    coming.removeFirst();
    if (rebuilt.stateHash().equals(next.stateHash())) {
      equal++;
    } else {
      difference =
          "step %d, version %s: its state hash is %s, the rebuild's %s"
              .formatted(next.step(), next.version(), next.stateHash(), rebuilt.stateHash());
    }
  }

  /** A rollback and the round before it end at one step. */
  private static boolean isRollback(VersionFacts facts) {
    return facts.gate().startsWith("rolled back");
  }

  @Override
  public void decided(Decision rebuilt) {
    missed(rebuilt.at().step());
    Decision written = refusals.get(rebuilt.at().step());
    if (isOver() || rebuilt.kind() != Decision.Kind.REFUSED || written == null) {
      return;
    }
    if (written.stateHash().equals(rebuilt.stateHash())) {
      refused++;
    } else {
      difference =
          "step %d, a refusal: the learner went back to state %s, the rebuild to %s"
              .formatted(rebuilt.at().step(), written.stateHash(), rebuilt.stateHash());
    }
  }

  /** Nothing more comes for steps below {@code step}. */
  private void missed(long step) {
    VersionFacts next = coming.peekFirst();
    if (difference == null && next != null && next.step() < step) {
      difference =
          "step %d, version %s (%s): the rebuild's gate let no version pass there"
              .formatted(next.step(), next.version(), next.gate());
    }
  }

  /** Whether the audited version has been compared, or one before it differs. */
  boolean isOver() {
    return difference != null || coming.isEmpty();
  }

  /** The first thing that differs; null while nothing does. */
  @Nullable String difference() {
    return difference;
  }

  /** Versions that came out with their hash. */
  int equal() {
    return equal;
  }

  /** Refusals that came out as they were written down. */
  int refused() {
    return refused;
  }
}
