package io.freshet.cli.serve;

import io.freshet.cli.http.RequestRefused;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a process serves, by the names that requests give. */
final class ServedModels implements AutoCloseable {

  private final Map<String, ServedModel> models = new LinkedHashMap<>();

  ServedModels(Collection<ServedModel> models) {
    models.forEach(model -> this.models.put(model.name(), model));
  }

  Collection<ServedModel> all() {
    return models.values();
  }

  /**
   * @throws RequestRefused if there is none of this name
   */
  ServedModel named(String name) {
    ServedModel model = models.get(name);
    if (model == null) {
      throw new RequestRefused(
          404, "a model must be one of %s, got %s".formatted(models.keySet(), name));
    }
    return model;
  }

  /**
   * @param name may be left out, null, where there is one model only
   * @throws RequestRefused if there is none of this name, or no name
   */
  ServedModel meant(@Nullable String name) {
    if (name == null && models.size() > 1) {
      throw RequestRefused.bad("model must be one of %s, got none".formatted(models.keySet()));
    }
    return name == null ? models.values().iterator().next() : named(name);
  }

  @Override
  public void close() {
    models.values().forEach(ServedModel::close);
  }
}
