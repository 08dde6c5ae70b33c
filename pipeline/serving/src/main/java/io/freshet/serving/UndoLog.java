package io.freshet.serving;

import io.freshet.modellog.LogEntry;
import io.freshet.modellog.Version;
import io.freshet.scoring.state.StateDelta;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the newest versions of one state replaced, so that they can be undone one after another.
 * Bounded: the oldest goes first.
 */
final class UndoLog {

  private final UndoLimit limit;
  private final Deque<Step> steps = new ArrayDeque<>();
  private long bytes;

  /**
   * The way back over one version.
   *
   * @param number of the version that it undoes
   * @param image what that version replaced
   * @param base manifest of the state before it
   * @param baseOffset in the log at which that state was closed
   */
  record Step(
      long number, StateDelta image, LogEntry.Manifest base, long baseOffset, long imageBytes) {}

  UndoLog(UndoLimit limit) {
    this.limit = limit;
  }

  /** Whether anything is kept back. */
  boolean keeps() {
    return limit.versions() > 0;
  }

  void add(Step step) {
    steps.addLast(step);
    bytes += step.imageBytes();
    while (steps.size() > limit.versions() || bytes > limit.bytes()) {
      removeOldest();
    }
  }

  /** Lets go of what no restart takes back any more. */
  void forgetUpTo(@Nullable Version committed) {
    while (committed != null
        && !steps.isEmpty()
        && steps.getFirst().number() <= committed.number()) {
      removeOldest();
    }
  }

  private void removeOldest() {
    bytes -= steps.removeFirst().imageBytes();
  }

  /**
   * The way back to the newest state that {@code wanted} accepts, newest version first; empty when
   * it does not lead that far.
   */
  List<Step> back(Predicate<Step> wanted) {
    List<Step> way = new ArrayList<>();
    for (Iterator<Step> newest = steps.descendingIterator(); newest.hasNext(); ) {
      Step step = newest.next();
      way.add(step);
      if (wanted.test(step)) {
        return way;
      }
    }
    return List.of();
  }

  /** Lets go of the newest {@code count} steps, which have been gone. */
  void gone(int count) {
    for (int i = 0; i < count; i++) {
      bytes -= steps.removeLast().imageBytes();
    }
  }

  int size() {
    return steps.size();
  }

  long bytes() {
    return bytes;
  }
}
