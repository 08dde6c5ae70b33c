package io.freshet.modellog;

import java.io.Serializable;

/** Opens the logs of models, on whichever machine their learners run. */
@FunctionalInterface
public interface ModelLogs extends Serializable {

  ModelLog open(String model);
}
