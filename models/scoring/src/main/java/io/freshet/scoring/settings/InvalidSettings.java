package io.freshet.scoring.settings;

import java.util.List;

/** Settings that cannot work, with every problem found: what must hold, what came, where. */
public final class InvalidSettings extends RuntimeException {

  private static final long serialVersionUID = 1L;
  private final List<String> problems;

  public InvalidSettings(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  public List<String> problems() {
    return problems;
  }
}
