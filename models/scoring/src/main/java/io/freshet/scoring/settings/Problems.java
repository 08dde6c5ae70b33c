package io.freshet.scoring.settings;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Collects what is wrong with settings: where, what must hold, what came. */
final class Problems {

  private static final int LONGEST_SHOWN = 80;
  private final List<String> found = new ArrayList<>();

  void add(String path, String mustHold, Object came) {
    found.add(path + ": " + mustHold + ", got " + shown(came));
  }

  /**
   * Adds problems found below {@code path}, but none where something was wrong already: the value
   * that was checked there is a stand-in.
   */
  void addAll(String path, List<String> below) {
    Set<String> places = found.stream().map(Problems::place).collect(Collectors.toSet());
    for (String problem : below) {
      if (!places.contains(path + "." + place(problem))) {
        found.add(path + "." + problem);
      }
    }
  }

  private static String place(String problem) {
    return problem.substring(0, problem.indexOf(": "));
  }

  void addAll(List<String> problems) {
    found.addAll(problems);
  }

  /** Checks {@code value} against {@code limit}. */
  void check(String path, Limit limit, double value) {
    if (!limit.holds(value)) {
      found.add(path + ": must be " + limit + ", got " + limit.show(value));
    }
  }

  void throwIfAny() {
    if (!found.isEmpty()) {
      throw new InvalidSettings(found);
    }
  }

  /** A scalar or a list of them; deeper structures may be huge, or contain themselves. */
  private static String shown(Object came) {
    if (came instanceof Map<?, ?>) {
      return "a map";
    }
    if (came instanceof List<?> list && !list.stream().allMatch(Problems::isScalar)) {
      return "a list";
    }
    String text = String.valueOf(came);
    return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "...";
  }

  private static boolean isScalar(Object element) {
    return !(element instanceof Map<?, ?>) && !(element instanceof Collection<?>);
  }
}
