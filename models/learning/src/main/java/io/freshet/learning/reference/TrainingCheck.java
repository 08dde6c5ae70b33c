package io.freshet.learning.reference;

/** Refuses a label or a weight that would spoil a reference for good. */
final class TrainingCheck {

  private TrainingCheck() {}

  static void check(String reference, float label, float weight) {
    if (!(label >= 0 && label <= 1)) {
      throw new IllegalArgumentException(
          "a label must be from 0 to 1, got %s at %s".formatted(label, reference));
    }
    if (!(weight >= 0 && weight < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "a weight must be >= 0 and finite, got %s at %s".formatted(weight, reference));
    }
  }
}
