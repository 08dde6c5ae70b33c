package io.freshet.scoring.settings;

import java.util.List;

/**
 * A whole models file: the stream's settings and the models that learn from it, in the file's
 * order.
 */
public record ModelsFile(StreamSettings stream, List<ModelSettings> models) {

  public ModelsFile {
    models = List.copyOf(models);
  }
}
