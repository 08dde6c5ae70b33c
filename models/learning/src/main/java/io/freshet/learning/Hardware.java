package io.freshet.learning;

import org.jspecify.annotations.Nullable;

/**
 * What a learner may compute on besides the processor, as whoever runs it was given it.
 *
 * @param gpu index of a GPU; null where none was given
 * @param absence why none was given and what would change that, for messages; empty where one was
 */
public record Hardware(@Nullable Integer gpu, String absence) {

  /** Of a process that asks nobody for a GPU. */
  public static final Hardware PROCESSOR =
      without(
          "this process computes on its processor only; Flink gives a GPU to the learners of"
              + " freshet train --flink, on a task manager with the external resource gpu");

  public Hardware {
    if (gpu != null && gpu < 0) {
      throw new IllegalArgumentException("the index of a GPU must be 0 or more, got " + gpu);
    }
  }

  public static Hardware gpu(int index) {
    return new Hardware(index, "");
  }

  /**
   * @param absence why there is none
   */
  public static Hardware without(String absence) {
    return new Hardware(null, absence);
  }
}
