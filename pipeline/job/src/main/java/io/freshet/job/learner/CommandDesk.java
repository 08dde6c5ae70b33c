package io.freshet.job.learner;

import io.freshet.modellog.Command;
import io.freshet.modellog.Decision;
import io.freshet.modellog.ModelLog;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Commands on their way to a learner. Those that an earlier attempt has decided on take effect
 * where it said; only then come new ones.
 */
final class CommandDesk {

  private final ModelLog log;

  /** Decisions that are still to be repeated, in the order of their commands. */
  private final Deque<Decision> decided = new ArrayDeque<>();

  private final Deque<Command.Sent> arrived = new ArrayDeque<>();

  /** Offset of the first command that has not taken effect or been declined. */
  private long next;

  private CommandDesk(ModelLog log, long next) {
    this.log = log;
    this.next = next;
  }

  /** Of a learner that begins: what was asked of earlier ones is none of its business. */
  static CommandDesk start(ModelLog log) {
    return new CommandDesk(log, log.commandsEnd());
  }

  /** Of a learner that learns again from the beginning what the log says. */
  static CommandDesk repeat(ModelLog log) {
    CommandDesk desk = new CommandDesk(log, 0);
    desk.takeDecisions();
    return desk;
  }

  /** Goes on where {@link #save} was called. */
  static CommandDesk resume(ModelLog log, DataInput in) throws IOException {
    CommandDesk desk = new CommandDesk(log, in.readLong());
    desk.takeDecisions();
    return desk;
  }

  void save(DataOutput out) throws IOException {
    out.writeLong(next);
  }

  private void takeDecisions() {
    log.decisions().stream()
        .filter(decision -> offset(decision) >= next)
        .sorted(Comparator.comparingLong(CommandDesk::offset))
        .forEach(decided::add);
  }

  private static long offset(Decision decision) {
    Command.Sent sent = decision.sent();
    return sent == null ? -1 : sent.offset();
  }

  /**
   * The next decision of an earlier attempt if its place has come: no entry after it has been
   * handed over, and now one is to be, or time passes beyond.
   */
  @Nullable Decision due(long entries, long time) {
    Decision first = decided.peekFirst();
    boolean due =
        first != null
            && (first.at().entries() < entries
                || first.at().entries() == entries && first.at().before() <= time);
    return due ? first : null;
  }

  /** The next command that nobody has decided on; null while there is none. */
  Command.@Nullable Sent poll() {
    if (!decided.isEmpty()) {
      return null;
    }
    for (Command.Sent sent : log.commands(next)) {
      if (sent.offset() >= next) {
        arrived.add(sent);
      }
    }
    return arrived.pollFirst();
  }

  /** The command has been decided on, and the decision has taken effect. */
  void done(Decision decision) {
    next = offset(decision) + 1;
    decided.remove(decision);
  }
}
