package io.freshet.scoring.settings;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One map of a models file, read setting by setting; what does not fit becomes a problem. */
final class Section {

  private final Map<?, ?> values;
  private final String path;
  private final Problems problems;
  private final Setting.Context context;

  private Section(Map<?, ?> values, String path, Problems problems, Setting.Context context) {
    this.values = values;
    this.path = path;
    this.problems = problems;
    this.context = context;
  }

  /** A section over what YAML gave; nothing at all is a section that is silent on everything. */
  static Section of(
      @Nullable Object node, String path, Problems problems, Setting.Context context) {
    if (node == null) {
      return new Section(Map.of(), path, problems, context);
    }
    if (node instanceof Map<?, ?> map) {
      return new Section(map, path, problems, context);
    }
    problems.add(path, "must be a map of settings", node);
    return new Section(Map.of(), path, problems, context);
  }

  /** Checks that no key is unknown. */
  Section knows(Collection<String> keys) {
    for (Object key : values.keySet()) {
      String name = String.valueOf(key);
      if (!keys.contains(name)) {
        String suggestion = Suggestion.among(keys, name);
        String known =
            suggestion.isEmpty() ? "one of " + String.join(", ", keys) : "a known setting";
        problems.add(pathOf(name), "must be " + known + suggestion, name);
      }
    }
    return this;
  }

  /** Reports every key. */
  void refuseAll(String mustHold) {
    for (Object key : values.keySet()) {
      problems.add(path, mustHold, key);
    }
  }

  String path() {
    return path;
  }

  String pathOf(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  boolean has(String key) {
    return values.containsKey(key);
  }

  Set<String> keys() {
    Set<String> keys = new LinkedHashSet<>();
    values.keySet().forEach(key -> keys.add(String.valueOf(key)));
    return keys;
  }

  /** The section below {@code key}. */
  Section below(String key) {
    return of(values.get(key), pathOf(key), problems, context);
  }

  /** The same section, with defaults that depend on {@code other}. */
  Section with(Setting.Context other) {
    return new Section(values, path, problems, other);
  }

  /** The list below {@code key}, empty where the file is silent. */
  private List<?> list(String key, String of) {
    Object node = values.get(key);
    if (node == null) {
      return List.of();
    }
    if (node instanceof List<?> list) {
      return list;
    }
    problems.add(pathOf(key), "must be a list of " + of, node);
    return List.of();
  }

  /** The value, its default where the file is silent, or null with a problem reported. */
  <T> @Nullable T find(Setting<T> setting) {
    if (!values.containsKey(setting.key())) {
      if (setting.fallback() == null) {
        problems.add(pathOf(setting.key()), "must be given: " + setting.kind().mustBe(), "nothing");
        return null;
      }
      return setting.fallback().apply(context);
    }
    Object node = values.get(setting.key());
    T value = node == null ? null : setting.kind().parse().apply(node);
    if (value == null) {
      problems.add(
          pathOf(setting.key()),
          "must be " + setting.kind().mustBe(),
          node == null ? "nothing" : node);
    }
    return value;
  }

  /** A file's path, empty for none; on a machine that learns the file must be there. */
  String file(Setting<String> setting) {
    String path = get(setting);
    if (context.toLearn() && !path.isEmpty() && !isReadable(path)) {
      problems.add(pathOf(setting.key()), "must be a file that can be read", path);
    }
    return path;
  }

  private static boolean isReadable(String path) {
    try {
      Path file = Path.of(path);
      return Files.isRegularFile(file) && Files.isReadable(file);
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** One section for each map of the list below {@code key}. */
  List<Section> each(String key, String of) {
    List<Section> sections = new ArrayList<>();
    List<?> nodes = list(key, of);
    for (int i = 0; i < nodes.size(); i++) {
      if (nodes.get(i) instanceof Map<?, ?> map) {
        boolean named = map.get("name") instanceof String name && ModelSettingsChecks.isName(name);
        String element = named ? "." + map.get("name") : "[" + i + "]";
        sections.add(new Section(map, pathOf(key) + element, problems, context));
      } else {
        problems.add(pathOf(key) + "[" + i + "]", "must be a map of settings", nodes.get(i));
      }
    }
    return sections;
  }

  /** The value, its default, or {@code standIn} with a problem reported. */
  <T> T get(Setting<T> setting, T standIn) {
    T value = find(setting);
    return value == null ? standIn : value;
  }

  /** The value or its default, also after a problem was reported. */
  <T> T get(Setting<T> setting) {
    T value = find(setting);
    if (value != null) {
      return value;
    }
    if (setting.fallback() == null) {
      throw new IllegalArgumentException(setting.key() + " has no default: give a stand-in");
    }
    return setting.fallback().apply(context);
  }
}
