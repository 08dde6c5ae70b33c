package io.freshet.job.learner;

import io.freshet.modellog.BrokenLog;
import io.freshet.modellog.Command;
import io.freshet.modellog.Decision;
import io.freshet.modellog.ModelLog;
import io.freshet.modellog.Version;
import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.LearnerState;
import io.freshet.scoring.state.StateDelta;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes decisions on one learner, and writes them before they take effect. */
final class Decisions {

  private final ModelLog log;
  private final Publication publication;
  private final Supplier<LearnerState> empty;

  /**
   * What became of a command.
   *
   * @param state that the learner takes over; null where it keeps its own
   */
  record Taken(Decision decision, @Nullable LearnerState state) {}

  /**
   * @param empty the layout of the learner's state, all zero and empty
   */
  Decisions(ModelLog log, Publication publication, Supplier<LearnerState> empty) {
    this.log = log;
    this.publication = publication;
    this.empty = empty;
  }

  /** A round was refused, and the learner has gone back. */
  void refused(RoundGate.Judged judged, Decision.Place at, HashValue stateHash) {
    log.decide(
        new Decision(
            Decision.Kind.REFUSED,
            publication.epoch(),
            at,
            judged.verdict().text(),
            null,
            stateHash,
            null,
            judged.skipped().size(),
            publication.named(judged.skipped()),
            judged.candidateHash(),
            publication.now()),
        judged.candidate());
  }

  /**
   * Decides on a command.
   *
   * @param stateHash of the learner's serving state
   */
  Taken on(Command.Sent sent, Decision.Place at, HashValue stateHash) {
    Command command = sent.command();
    if (command.kind() == Command.Kind.POISON) {
      String text =
          "%d rounds learn %s of their labels flipped".formatted(command.rounds(), command.share());
      return taken(Decision.Kind.POISONED, sent, at, text, stateHash, null);
    }
    LearnerState state;
    try {
      state = rebuilt(command.version(), command.stateHash());
    } catch (BrokenLog e) {
      String reason = String.valueOf(e.getMessage());
      return taken(Decision.Kind.DECLINED, sent, at, reason, stateHash, null);
    }
    String text = "rolled back to " + command.version();
    return taken(Decision.Kind.ROLLED_BACK, sent, at, text, command.stateHash(), state);
  }

  private Taken taken(
      Decision.Kind kind,
      Command.Sent sent,
      Decision.Place at,
      String text,
      HashValue stateHash,
      @Nullable LearnerState state) {
    Decision decision =
        new Decision(
            kind,
            publication.epoch(),
            at,
            text,
            state == null ? null : sent.command().version(),
            stateHash,
            sent,
            0,
            Map.of(),
            null,
            publication.now());
    log.decide(decision, StateDelta.NONE);
    return new Taken(decision, state);
  }

  /** What an earlier attempt decided, to take effect once more. */
  Taken repeated(Decision decision) {
    Version version = decision.version();
    return new Taken(decision, version == null ? null : rebuilt(version, decision.stateHash()));
  }

  private LearnerState rebuilt(@Nullable Version version, HashValue hash) {
    if (version == null) {
      throw new BrokenLog("a rollback must name a version, got none");
    }
    return log.state(version, hash, empty);
  }
}
