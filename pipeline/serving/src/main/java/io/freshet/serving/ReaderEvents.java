package io.freshet.serving;

import io.freshet.modellog.VersionFacts;

/** What the follower reports as it goes; called on its thread. */
interface ReaderEvents {

  void swapped(Swap swap);

  /**
   * @param gap whether the chain could not be followed, or memory was found changed
   */
  void refused(Refusal refusal, boolean gap);

  void healed(VersionFacts facts);

  /** What the reader was opened for cannot be served, now or later. */
  void unreachable(String problem);
}
