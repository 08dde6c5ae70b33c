package io.freshet.faults;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.freshet.faults.ReaderLine.What;
import io.freshet.modellog.VersionFacts;
import io.freshet.serving.Isolation;
import io.freshet.serving.ModelReader;
import io.freshet.serving.NoVersion;
import io.freshet.serving.ReaderOptions;
import io.freshet.serving.ReaderStats;
import io.freshet.serving.Scores;
import io.freshet.serving.Swap;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A serving application: readers of models' logs, speculative and committed, which score all the
 * time and say on standard output what they serve. Ends with its standard input.
 */
final class ReaderMain {

  private static final Duration BETWEEN_SCORES = Duration.ofMillis(10);
  private static final int SCORES_BETWEEN_COUNTS = 50;
  private static final int REMEMBERED = 16;

  private final PrintStream out;
  private final JsonMapper mapper = JsonMapper.builder().build();

  private ReaderMain(PrintStream out) {
    this.out = out;
  }

  /**
   * @param args brokers, then models
   */
  public static void main(String[] args) throws IOException {
    ReaderMain main = new ReaderMain(System.out);
    for (int i = 1; i < args.length; i++) {
      for (Isolation isolation : Isolation.values()) {
        String model = args[i];
        Thread thread =
            new Thread(() -> main.read(args[0], model, isolation), model + "-" + isolation);
        thread.setDaemon(true);
        thread.start();
      }
    }
    while (System.in.read() >= 0) {
      // Nobody says anything; the end says that the owner is gone.
      continue;
    }
  }

  private void read(String brokers, String model, Isolation isolation) {
    ReaderOptions options =
        ReaderOptions.of(Map.of("bootstrap.servers", brokers), model, isolation)
            .withFeatures(0, 0)
            .withScrubPeriod(Duration.ofSeconds(2));
    String name = isolation.name().toLowerCase(Locale.ROOT);
    say(line(What.OPENED, model, name, null, null, null));
    try (ModelReader reader = ModelReader.open(options)) {
      reader.onSwap(swap -> swapped(reader, model, name, swap));
      reader.onRefusal(
          refusal ->
              say(
                  line(
                      What.REFUSED,
                      model,
                      name,
                      null,
                      null,
                      refusal.version() + ": " + refusal.reason())));
      Map<String, String> scored = new LinkedHashMap<>();
      for (long turn = 1; ; turn++) {
        score(reader, model, name, scored);
        if (turn % SCORES_BETWEEN_COUNTS == 0) {
          count(reader, model, name);
        }
        FaultsClock.pass(BETWEEN_SCORES);
      }
    }
  }

  private void swapped(ModelReader reader, String model, String isolation, Swap swap) {
    say(
        line(
            What.SWAP,
            model,
            isolation,
            swap.facts(),
            reader.matches(),
            swap.way().name().toLowerCase(Locale.ROOT)));
  }

  private void score(
      ModelReader reader, String model, String isolation, Map<String, String> scored) {
    Scores scores;
    try {
      scores = reader.scorer().score(Probe.candidates());
    } catch (NoVersion e) {
      return;
    }
    String version = scores.version().toString();
    String bits = Probe.bits(scores.logits());
    String before = scored.put(version, bits);
    if (before == null || !before.equals(bits)) {
      ReaderLine said =
          new ReaderLine(
              before == null ? What.SCORED : What.MIXED,
              FaultsClock.millis(),
              model,
              isolation,
              scores.version().epoch(),
              scores.version().number(),
              0,
              null,
              null,
              bits,
              0,
              0,
              0,
              0);
      say(said);
    }
    if (scored.size() > REMEMBERED) {
      List<String> versions = new ArrayList<>(scored.keySet());
      scored.remove(versions.get(0));
    }
  }

  private void count(ModelReader reader, String model, String isolation) {
    ReaderStats stats = reader.stats();
    say(
        new ReaderLine(
            What.COUNTS,
            FaultsClock.millis(),
            model,
            isolation,
            0,
            0,
            0,
            null,
            null,
            stats.mode().name(),
            stats.foreign(),
            stats.unreadable(),
            stats.heals(),
            stats.undos()));
  }

  private static ReaderLine line(
      What what,
      String model,
      String isolation,
      @org.jspecify.annotations.Nullable VersionFacts facts,
      @org.jspecify.annotations.Nullable Boolean proven,
      @org.jspecify.annotations.Nullable String text) {
    return new ReaderLine(
        what,
        FaultsClock.millis(),
        model,
        isolation,
        facts == null ? 0 : facts.version().epoch(),
        facts == null ? 0 : facts.version().number(),
        facts == null ? 0 : facts.step(),
        facts == null ? null : facts.stateHash().hex(),
        proven,
        text,
        0,
        0,
        0,
        0);
  }

  private synchronized void say(ReaderLine line) {
    try {
      out.println(mapper.writeValueAsString(line));
      out.flush();
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("a line must be JSON", e);
    }
  }
}
