package io.freshet.cli.audit;

import io.freshet.modellog.BrokenLog;
import io.freshet.modellog.Command;
import io.freshet.modellog.Cut;
import io.freshet.modellog.Decision;
import io.freshet.modellog.ModelLog;
import io.freshet.modellog.Restored;
import io.freshet.modellog.Version;
import io.freshet.modellog.VersionFacts;
import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.LearnerDelta;
import io.freshet.scoring.state.LearnerReplica;
import io.freshet.scoring.state.LearnerState;
import io.freshet.scoring.state.StateDelta;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a rebuild publishes into: every round end that passes is told and forgotten. Commands come
 * from the decisions of the learner that is rebuilt; of the versions that it went back to, the
 * rebuild keeps its own states.
 */
public final class RebuiltLog implements ModelLog {

  /** Is told what the rebuild comes by. */
  public interface Listener {

    /** A state that may be published, which is the learner's present one. */
    void published(VersionFacts rebuilt);

    /** The gate's refusal, or what became of a command. */
    void decided(Decision rebuilt);
  }

  private final Listener listener;
  private final List<Decision> decisions;

  /** State hashes of versions that will be gone back to, and how often. */
  private final Map<HashValue, Long> targets;

  private final Map<HashValue, LearnerState> kept = new HashMap<>();
  private final @Nullable LearnerReplica replica;

  /**
   * @param decisions on the learner that is rebuilt
   * @param empty the layout of its state, all zero and empty
   */
  public RebuiltLog(Listener listener, List<Decision> decisions, Supplier<LearnerState> empty) {
    this.listener = listener;
    this.decisions = List.copyOf(decisions);
    this.targets =
        decisions.stream()
            .filter(decision -> decision.kind() == Decision.Kind.ROLLED_BACK)
            .collect(Collectors.groupingBy(Decision::stateHash, Collectors.counting()));
    this.replica = targets.isEmpty() ? null : new LearnerReplica(empty.get());
  }

  @Override
  public long claim(@Nullable Version base, HashValue baseHash) {
    return 1;
  }

  @Override
  public Restored restore(
      Cut checkpoint, Supplier<LearnerState> empty, @Nullable LearnerState saved) {
    throw new UnsupportedOperationException("a rebuild begins with nothing");
  }

  @Override
  public long highestNumber() {
    return 0;
  }

  @Override
  public void publish(VersionFacts facts, LearnerDelta delta) {
    if (replica != null) {
      replica.apply(delta);
      if (targets.containsKey(facts.stateHash())) {
        kept.put(facts.stateHash(), replica.state().copy());
      }
    }
    listener.published(facts);
  }

  @Override
  public Cut cut(LearnerDelta undrained, long step) {
    throw new UnsupportedOperationException("a rebuild takes no checkpoints");
  }

  @Override
  public void anchor(VersionFacts facts, LearnerState snapshot) {}

  @Override
  public void commit(Version version) {}

  @Override
  public void release(Cut oldest) {}

  @Override
  public List<Decision> decisions() {
    return decisions;
  }

  @Override
  public List<Command.Sent> commands(long from) {
    return List.of();
  }

  @Override
  public long commandsEnd() {
    return 0;
  }

  @Override
  public void decide(Decision decision, StateDelta candidate) {
    listener.decided(decision);
  }

  @Override
  public LearnerState state(Version version, HashValue hash, Supplier<LearnerState> empty) {
    LearnerState state = kept.get(hash);
    if (state == null) {
      throw new BrokenLog(
          "the rebuild must have come by version %s with state hash %s before it goes back to it, it did not"
              .formatted(version, hash));
    }
    return state;
  }

  @Override
  public Totals totals() {
    return new Totals(0, 0, 0, 0);
  }

  @Override
  public void close() {}
}
