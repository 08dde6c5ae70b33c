package io.freshet.cli;

import io.freshet.cli.kafka.HeartbeatClock;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.modellog.Version;
import io.freshet.modellog.VersionFacts;
import io.freshet.serving.Effort;
import io.freshet.serving.Isolation;
import io.freshet.serving.ModelReader;
import io.freshet.serving.Scores;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Scores items for a user, or documents for a query, once, from the log. */
@Command(
    name = "score",
    description =
        "Scores items for a user, or searches the catalogue for a query, once, with the freshest "
            + "version on the log or the one that is asked for, and says with which.")
final class ScoreCommand implements Callable<Integer> {

  private static final int BATCH = 500;

  /** Of a lookup that nothing looks into. */
  private static final int NONE = 0;

  @ParentCommand private Freshet freshet;

  @Mixin private ReadOnceOptions read;

  @Mixin private EffortOptions howMuch;

  @Mixin private QueryOptions search;

  @Option(names = "--user", paramLabel = "ID", description = "The user (default: an unknown one).")
  private @Nullable String user;

  @Option(
      names = "--items",
      paramLabel = "ID",
      split = ",",
      description = "The candidates, with commas between.")
  private @Nullable List<String> items;

  @Option(
      names = "--context",
      paramLabel = "NAME=VALUE",
      description = "A context value; a number where it reads as one.")
  private Map<String, String> context = new HashMap<>();

  @Option(
      names = "--pairs",
      paramLabel = "FILE",
      description =
          "Score many: CSV with the columns userId,itemId; prints it with a column score.")
  private @Nullable Path pairs;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where the scored pairs go (default: standard output).")
  private @Nullable Path out;

  @Option(
      names = "--isolation",
      paramLabel = "LEVEL",
      description = "speculative or committed versions (default: speculative).")
  private Isolation isolation = Isolation.SPECULATIVE;

  @Override
  public Integer call() throws IOException {
    check();
    read.check();
    if (search.asked()) {
      search.check();
      CatalogueSearch searching = new CatalogueSearch(freshet.terminal(), search);
      read.with(access -> search(access, searching));
      return 0;
    }
    Effort effort = howMuch.effort();
    PairsFile file = pairs == null ? null : PairsFile.read(pairs);
    read.with(access -> score(access, effort, file));
    return 0;
  }

  private void check() {
    long asked =
        Stream.of(items, pairs, search.query(), search.queries()).filter(Objects::nonNull).count();
    if (asked != 1) {
      throw new WrongUse(
          "one of --items, --pairs, --query and --queries must say what to score, got %s"
              .formatted(asked == 0 ? "none" : asked));
    }
    boolean ofUser = user != null || out != null || !context.isEmpty() || howMuch.given();
    if (search.asked() && ofUser) {
      throw new WrongUse(
          "--user, --context, --out, --units and --budget must be of --items or --pairs, got a query");
    }
    if (!search.asked() && search.meansSearch()) {
      throw new WrongUse(
          "--run, --top, --weight, --k1 and --b must be of --query or --queries, got neither");
    }
  }

  private Version score(KafkaAccess access, Effort effort, @Nullable PairsFile file) {
    try (HeartbeatClock clock = HeartbeatClock.start(access);
        ModelReader reader =
            read.open(access, isolation, options -> options.withSourceClock(clock::now))) {
      Version version = noted(reader);
      ScoredBy by = new ScoredBy(effort);
      if (file != null) {
        scoreAll(reader, file, effort, by);
      } else {
        scoreOne(reader, effort, by);
      }
      by.lines().forEach(line -> freshet.terminal().note(reader.model() + ": " + line));
      return version;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Version search(KafkaAccess access, CatalogueSearch searching) {
    try (HeartbeatClock clock = HeartbeatClock.start(access);
        ModelReader reader =
            read.open(
                access,
                isolation,
                options -> options.withSourceClock(clock::now).withFeatures(NONE, NONE))) {
      Version version = noted(reader);
      searching.run(access, reader, read.patience());
      return version;
    }
  }

  /** Says with which version is scored. */
  private Version noted(ModelReader reader) {
    VersionFacts facts = reader.stats().facts();
    if (facts == null) {
      throw new IllegalStateException("a reader with a version must have its facts");
    }
    freshet
        .terminal()
        .note(
            "%s version %s, learnt to %s, state hash %s %s"
                .formatted(
                    reader.model(),
                    facts.version(),
                    facts.eventTime() >= Long.MAX_VALUE - 1
                        ? "the source's end"
                        : Instant.ofEpochMilli(facts.eventTime()),
                    facts.stateHash(),
                    reader.matches() ? "verified" : "NOT VERIFIED"));
    return facts.version();
  }

  private void scoreOne(ModelReader reader, Effort effort, ScoredBy by) {
    List<String> candidates = items == null ? List.of() : items;
    Scores scores = score(reader, user == null ? "" : user, candidates, effort, by);
    IntStream.range(0, candidates.size())
        .boxed()
        .sorted((a, b) -> Float.compare(scores.of(b), scores.of(a)))
        .forEach(
            i ->
                freshet
                    .terminal()
                    .say(
                        String.format(Locale.ROOT, "%-24s %.6f", candidates.get(i), scores.of(i))));
  }

  /** Scores, or says in the terms of this command what of it cannot be scored so. */
  private Scores score(
      ModelReader reader, String userId, List<String> candidates, Effort effort, ScoredBy by) {
    try {
      Scores scores = reader.scorer().score(userId, candidates, values(), effort);
      by.add(scores);
      return scores;
    } catch (IllegalArgumentException e) {
      if (effort.kind() == Effort.Kind.UNITS) {
        throw new WrongUse("--units: " + e.getMessage(), e);
      }
      throw e;
    }
  }

  private void scoreAll(ModelReader reader, PairsFile file, Effort effort, ScoredBy by)
      throws IOException {
    List<Float> scores = new ArrayList<>(file.size());
    int from = 0;
    while (from < file.size()) {
      String userId = file.user(from);
      int to = from;
      List<String> candidates = new ArrayList<>();
      while (to < file.size() && to - from < BATCH && file.user(to).equals(userId)) {
        candidates.add(file.item(to));
        to++;
      }
      Scores batch = score(reader, userId, candidates, effort, by);
      for (int i = 0; i < batch.size(); i++) {
        scores.add(batch.of(i));
      }
      from = to;
    }
    if (out == null) {
      file.print(scores, freshet.terminal());
    } else {
      file.write(scores, out);
    }
  }

  private Map<String, Object> values() {
    Map<String, Object> values = new HashMap<>();
    context.forEach((name, value) -> values.put(name, value(value)));
    return values;
  }

  private static Object value(String text) {
    try {
      double number = Double.parseDouble(text);
      return Double.isFinite(number) ? Double.valueOf(number) : text;
    } catch (NumberFormatException e) {
      return text;
    }
  }
}
