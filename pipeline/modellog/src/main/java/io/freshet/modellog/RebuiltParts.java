package io.freshet.modellog;

import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.LearnerState;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.StateDelta;
import io.freshet.scoring.state.StateHash;
import java.util.function.Supplier;

/** The two parts of a learner's state that are being rebuilt, each with the hash of its memory. */
final class RebuiltParts {

  private final Supplier<LearnerState> empty;
  private final StateHash servingHash = new StateHash();
  private final StateHash ownHash = new StateHash();
  private LearnerState state;

  RebuiltParts(Supplier<LearnerState> empty) {
    this.empty = empty;
    this.state = empty.get();
    reset();
  }

  /** Begins with nothing again. */
  void restart() {
    state = empty.get();
    reset();
  }

  private void reset() {
    servingHash.reset(state.serving().computeHash());
    ownHash.reset(state.own().computeHash());
  }

  /** Hash of the serving part that a whole version gives. */
  HashValue hashOfWhole(StateDelta whole) {
    ModelState none = empty.get().serving();
    return none.hashAfter(whole, none.computeHash());
  }

  LearnerState state() {
    return state;
  }

  StateHash servingHash() {
    return servingHash;
  }

  StateHash ownHash() {
    return ownHash;
  }
}
