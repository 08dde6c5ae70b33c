package io.freshet.source.simulator;

import io.freshet.source.InvalidSource;
import io.freshet.source.Source;
import io.freshet.source.SourceArgument;
import java.util.Map;
import java.util.Set;

/** Reads the simulator's settings from the command line's form. */
public final class SimulatorSource {

  private SimulatorSource() {}

  public static Source open(SourceArgument argument, long seed) {
    argument.allow(Set.of("perDay", "rate", "users", "items"));
    if (!argument.path().isEmpty()) {
      throw new InvalidSource(
          argument.usage() + " takes no path, came \"" + argument.path() + "\"");
    }
    Map<String, String> given = argument.settings();
    SimulatorSettings standard = SimulatorSettings.DEFAULT;
    try {
      return new Simulator(
          new SimulatorSettings(
              whole(given, "perDay", standard.perDay()),
              rate(given, standard.rate()),
              whole(given, "users", standard.users()),
              whole(given, "items", standard.items())),
          seed);
    } catch (IllegalArgumentException e) {
      throw new InvalidSource("simulator: " + e.getMessage(), e);
    }
  }

  private static int whole(Map<String, String> given, String key, int standard) {
    String value = given.get(key);
    if (value == null) {
      return standard;
    }
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          key + " must be a whole number, came \"" + value + "\"", e);
    }
  }

  private static double rate(Map<String, String> given, double standard) {
    String value = given.get("rate");
    if (value == null) {
      return standard;
    }
    try {
      return Double.parseDouble(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "rate must be a number of events per second, came \"" + value + "\"", e);
    }
  }
}
