package io.freshet.scoring.settings;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with settings: where, what must hold, what came. */
final class Problems {

  private static final int LONGEST_SHOWN = 80;
  private final List<String> found = new ArrayList<>();

  void add(String path, String mustHold, Object came) {
    found.add(path + ": " + mustHold + ", got " + shown(came));
  }

  /** Adds problems found below {@code path}. */
  void addAll(String path, List<String> below) {
    for (String problem : below) {
      found.add(path + "." + problem);
    }
  }

  /** Checks {@code value} against {@code limit}. */
  void check(String path, Limit limit, double value) {
    if (!limit.holds(value)) {
      found.add(path + ": must be " + limit + ", got " + limit.show(value));
    }
  }

  boolean isEmpty() {
    return found.isEmpty();
  }

  List<String> list() {
    return List.copyOf(found);
  }

  void throwIfAny() {
    if (!found.isEmpty()) {
      throw new InvalidSettings(found);
    }
  }

  private static String shown(Object came) {
    String text = String.valueOf(came);
    return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "...";
  }
}
