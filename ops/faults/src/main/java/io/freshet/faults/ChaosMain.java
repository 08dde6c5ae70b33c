package io.freshet.faults;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The command {@code ops/chaos}. */
final class ChaosMain {

  private static final String USAGE =
      """
      ops/chaos [--faults N] [--seed S] [--minutes M] [--rate R] [--kinds K,L] [--dir DIR]
        --faults N    how many, each kind at least once where N lets it (30)
        --seed S      draws the plan, the events and what is wrong with them (1)
        --minutes M   after which no further fault is done (60)
        --rate R      events a second (300)
        --kinds K,L   only these, by name (all): %s
        --dir DIR     where everything lies that the run writes, its reports chaos.md and chaos.json
                      among it; must not be there yet (a new one for temporary files)\
      """;
  private static final Set<String> KNOWN =
      Set.of("--faults", "--seed", "--minutes", "--rate", "--kinds", "--dir");

  private ChaosMain() {}

  public static void main(String[] args) {
    System.exit(run(args, System.out, System.err));
  }

  private static int run(String[] args, PrintStream out, PrintStream err) {
    Map<String, String> given = new HashMap<>();
    for (int i = 0; i < args.length; i += 2) {
      if (!KNOWN.contains(args[i]) || i + 1 == args.length) {
        err.println("chaos: options must come with their values, got " + args[i] + "\n" + usage());
        return 2;
      }
      given.put(args[i], args[i + 1]);
    }
    Chaos.Options options;
    try {
      long seed = Long.parseLong(given.getOrDefault("--seed", "1"));
      options =
          new Chaos.Options(
              Integer.parseInt(given.getOrDefault("--faults", "30")),
              seed,
              Double.parseDouble(given.getOrDefault("--minutes", "60")),
              Double.parseDouble(given.getOrDefault("--rate", "300")),
              kinds(given.get("--kinds")),
              directory(given.get("--dir")));
    } catch (IllegalArgumentException e) {
      err.println(
          "chaos: numbers must be numbers and kinds be known: " + e.getMessage() + "\n" + usage());
      return 2;
    }
    if (given.containsKey("--dir") && Files.exists(options.directory())) {
      err.println("chaos: --dir must not be there yet, got " + options.directory());
      return 2;
    }
    Arena.made(options.directory());
    ChaosReport report = new Chaos(options, out).run();
    out.println(report.markdown());
    out.println("everything lies in " + options.directory());
    return report.verdict().problems().isEmpty() ? 0 : 1;
  }

  private static String usage() {
    return USAGE.formatted(
        Arrays.stream(FaultKind.values()).map(Enum::name).collect(Collectors.joining(", ")));
  }

  private static Set<FaultKind> kinds(@Nullable String given) {
    return given == null
        ? EnumSet.allOf(FaultKind.class)
        : Arrays.stream(given.split(","))
            .map(FaultKind::valueOf)
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(FaultKind.class)));
  }

  private static Path directory(@Nullable String given) {
    try {
      return given == null
          ? Files.createTempDirectory("freshet-chaos")
          : Path.of(given).toAbsolutePath();
    } catch (IOException e) {
      throw new UncheckedIOException("a temporary directory must be there", e);
    }
  }
}
