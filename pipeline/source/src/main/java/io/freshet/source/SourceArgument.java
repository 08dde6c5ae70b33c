package io.freshet.source;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What follows a source's name on the command line: an optional path, then {@code key=value}
 * settings, with commas between.
 *
 * @param usage how the source is written, for messages
 * @param path empty where none was given
 */
public record SourceArgument(String usage, String path, Map<String, String> settings) {

  /** Only trailing parts of the form {@code key=value} are settings, so a path may hold commas. */
  static SourceArgument parse(String usage, String text) {
    List<String> parts = new ArrayList<>(List.of(text.split(",", -1)));
    Map<String, String> settings = new LinkedHashMap<>();
    while (!parts.isEmpty() && parts.get(parts.size() - 1).matches("[A-Za-z]+=[^/]*")) {
      String part = parts.remove(parts.size() - 1);
      int equals = part.indexOf('=');
      if (settings.putIfAbsent(part.substring(0, equals), part.substring(equals + 1)) != null) {
        throw new InvalidSource(
            "a setting of " + usage + " must come once, came twice: " + part.substring(0, equals));
      }
    }
    return new SourceArgument(usage, String.join(",", parts), settings);
  }

  /** Fails on settings that the source does not have, all of them at once. */
  public void allow(Set<String> known) {
    Set<String> unknown = new TreeSet<>(settings.keySet());
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      throw new InvalidSource(
          "settings of "
              + usage
              + " are "
              + (known.isEmpty() ? "none" : String.join(", ", new TreeSet<>(known)))
              + "; came "
              + String.join(", ", unknown));
    }
  }

  /**
   * A file of a data set whose folder is the path (or the path itself, where it already is that
   * file).
   */
  public Path file(String name) {
    Path folder = existing();
    Path file = Files.isDirectory(folder) ? folder.resolve(name) : folder;
    if (!Files.isRegularFile(file) || !file.endsWith(name)) {
      throw new InvalidSource(
          usage + " needs the folder that holds " + name + "; there is none at " + folder);
    }
    return file;
  }

  /** The path, which must exist. */
  public Path existing() {
    if (path.isBlank()) {
      throw new InvalidSource(usage + " needs a path, came none");
    }
    Path given;
    try {
      given = Path.of(path);
    } catch (InvalidPathException e) {
      throw new InvalidSource(usage + " needs a path, came \"" + path + "\": " + e.getReason(), e);
    }
    if (!Files.exists(given)) {
      throw new InvalidSource(
          usage + " needs a path that exists; nothing is at " + given.toAbsolutePath());
    }
    return given;
  }
}
