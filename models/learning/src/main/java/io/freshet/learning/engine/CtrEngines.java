package io.freshet.learning.engine;

import io.freshet.scoring.ctr.CtrShape;
import java.util.List;

/**
 * The engines that know the click-through network, by the name in {@code engine:} of a models file.
 */
public final class CtrEngines {

  private CtrEngines() {}

  /** The names of all engines. */
  public static List<String> names() {
    return List.of("djl", "djl-padded");
  }

  /**
   * @throws IllegalArgumentException if there is no such engine
   */
  public static CtrMath of(String name, CtrShape shape) {
    return switch (name) {
      case "djl" -> new DjlCtrMath(shape);
      case "djl-padded" -> new PaddedDjlCtrMath(shape);
      default ->
          throw new IllegalArgumentException(
              "engine must be one of %s, got %s".formatted(names(), name));
    };
  }
}
