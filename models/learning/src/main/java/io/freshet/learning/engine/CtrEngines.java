package io.freshet.learning.engine;

import ai.djl.engine.Engine;
import io.freshet.learning.Hardware;
import io.freshet.learning.UnavailableEngine;
import io.freshet.scoring.ctr.CtrShape;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettings.Device;
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
   * On the processor.
   *
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

  /**
   * As a model's settings say, on what its learner was given.
   *
   * @throws UnavailableEngine if they ask for a GPU and there is none to compute on
   */
  public static CtrMath of(ModelSettings settings, CtrShape shape, Hardware hardware) {
    if (settings.device() == Device.CPU) {
      return of(settings.engine(), shape);
    }
    Integer index = hardware.gpu();
    String refused = hardware.absence();
    if (index != null) {
      Engine engine = DjlRuntime.start();
      refused = DjlRuntime.refusal(engine, index);
      if (refused == null) {
        return onGpu(shape, index);
      }
    }
    if (settings.device() == Device.GPU) {
      throw new UnavailableEngine(
          "model %s must have a GPU (device: gpu): %s; or say device: auto, which computes on the processor where there is none"
              .formatted(settings.name(), refused));
    }
    return new InsteadOfGpu(of(settings.engine(), shape), refused);
  }

  /**
   * On a GPU that PyTorch can compute on, see {@link #absence}.
   *
   * @param index of the GPU
   */
  public static CtrMath onGpu(CtrShape shape, int index) {
    Engine engine = DjlRuntime.start();
    return new DeviceCtrMath(
        shape,
        new DjlTransfer(engine, ai.djl.Device.gpu(index)),
        "djl-pytorch %s gpu %d".formatted(engine.getVersion(), index));
  }

  /** Why PyTorch cannot compute on a GPU of this process; empty where it can. */
  public static String absence(int index) {
    String refused = DjlRuntime.refusal(DjlRuntime.start(), index);
    return refused == null ? "" : refused;
  }
}
