package io.freshet.learning.engine;

import io.freshet.scoring.ctr.CtrShape;

/**
 * The engines that know the click-through network, by the name in {@code engine:} of a models file.
 */
public final class CtrEngines {

  private CtrEngines() {}

  /**
   * @throws IllegalArgumentException if there is no such engine
   */
  public static CtrMath of(String name, CtrShape shape) {
    return switch (name) {
      case "djl" -> new DjlCtrMath(shape);
      default -> throw new IllegalArgumentException("engine must be djl, got " + name);
    };
  }
}
