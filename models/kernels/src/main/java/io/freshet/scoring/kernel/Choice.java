package io.freshet.scoring.kernel;

import java.lang.reflect.InvocationTargetException;

/** Chooses the implementation once: by the Vector API where the JVM was started with its module. */
final class Choice {

  static final Kernels BEST = choose();

  private static final String MODULE = "jdk.incubator.vector";

  private Choice() {}

  private static Kernels choose() {
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      return PlainKernels.INSTANCE;
    }
    try {
      // By name, because without the module the class cannot even be linked.
      Class<?> vector = Class.forName("io.freshet.scoring.kernel.VectorKernels");
      boolean worthwhile = (boolean) vector.getDeclaredMethod("worthwhile").invoke(null);
      return worthwhile
          ? (Kernels) vector.getDeclaredConstructor().newInstance()
          : PlainKernels.INSTANCE;
    } catch (ClassNotFoundException
        | NoSuchMethodException
        | InstantiationException
        | IllegalAccessException
        | InvocationTargetException e) {
      throw new LinkageError("module " + MODULE + " is there, but its kernels cannot be used", e);
    }
  }
}
