package io.freshet.scoring.state;

/**
 * What changed in a learner's two states since the last drain, as absolute values.
 *
 * @param servingHash of the whole serving state after applying
 * @param learnerHash of the whole of the learner's own state after applying
 */
public record LearnerDelta(
    StateDelta serving, StateDelta own, HashValue servingHash, HashValue learnerHash) {

  /** The delta from the empty state to {@code state}: a copy of all of it. */
  public static LearnerDelta whole(LearnerState state) {
    return new LearnerDelta(
        StateDelta.whole(state.serving()),
        StateDelta.whole(state.own()),
        state.serving().computeHash(),
        state.own().computeHash());
  }

  /** Of a learner that keeps nothing for itself. */
  public static LearnerDelta servingOnly(StateDelta serving, HashValue servingHash) {
    return new LearnerDelta(serving, StateDelta.NONE, servingHash, HashValue.EMPTY);
  }

  /** That nothing changed in {@code state}. */
  public static LearnerDelta none(LearnerState state) {
    return new LearnerDelta(
        StateDelta.NONE, StateDelta.NONE, state.serving().computeHash(), state.own().computeHash());
  }
}
