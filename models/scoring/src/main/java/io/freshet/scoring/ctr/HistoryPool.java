package io.freshet.scoring.ctr;

/** Turns the positions of one history into one vector. Owns scratch memory. */
interface HistoryPool {

  /**
   * Reads what is derived from tensors; to be called before a run of calls on an unchanged state.
   */
  void prepare();

  /**
   * Writes the pooled vector [width] of {@code positions} &gt; 0 positions.
   *
   * @param query [width] from {@code queryOffset} on: the candidate's own rows
   * @param keys [positions, width]
   */
  void pool(
      float[] query, int queryOffset, float[] keys, int positions, float[] out, int outOffset);
}
