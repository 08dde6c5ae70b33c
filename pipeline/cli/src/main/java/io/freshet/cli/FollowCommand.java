package io.freshet.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.cli.kafka.HeartbeatClock;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.modellog.KafkaModelLog;
import io.freshet.modellog.LogFeed;
import io.freshet.modellog.TopicNames;
import io.freshet.modellog.VersionFacts;
import io.freshet.serving.Isolation;
import io.freshet.serving.ModelReader;
import io.freshet.serving.NoVersion;
import io.freshet.serving.ReaderOptions;
import io.freshet.serving.Refusal;
import io.freshet.serving.Swap;
import io.freshet.serving.Target;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Prints a model's versions as they come. */
@Command(
    name = "follow",
    description =
        "Prints each version of a model as it comes: number, what it was reached by, "
            + "rows, bytes, whether its state hash came out of this process's own memory, and "
            + "how stale it is in the source's time.")
final class FollowCommand implements Callable<Integer> {

  @ParentCommand private Freshet freshet;

  private static final Duration WAIT = Duration.ofSeconds(30);

  @Mixin private KafkaOptions kafka;

  @Mixin private ReadOptions read;

  @Parameters(
      paramLabel = "MODEL",
      description = "Name of the model, or with --served a served name.")
  private String model;

  @Option(names = "--data", paramLabel = "DIR", description = "The directory of a running demo.")
  private @Nullable Path data;

  @Option(
      names = "--isolation",
      paramLabel = "LEVEL",
      description =
          "speculative: versions at once; committed: those that no restart takes back (default: speculative).")
  private Isolation isolation = Isolation.SPECULATIVE;

  @Option(
      names = "--versions",
      paramLabel = "N",
      description = "End after N versions (default: with --version after that one).")
  private @Nullable Long versions;

  @Option(names = "--json", description = "Print JSON lines.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    if (versions != null && versions < 1) {
      throw new WrongUse("--versions must be at least 1, got " + versions);
    }
    read.check();
    KafkaAccess access = kafka.access(data);
    read.checkThere(access, model);
    BlockingQueue<Object> news = new LinkedBlockingQueue<>();
    try (HeartbeatClock clock = HeartbeatClock.start(access);
        ModelReader reader =
            read.open(
                ReaderOptions.of(access.client(), model, isolation)
                    .withPrefix(access.topics().prefix())
                    .withSourceClock(clock::now)
                    .withFeatures(0, 0))) {
      reader.onSwap(news::add);
      reader.onRefusal(news::add);
      if (read.target().kind() != Target.Kind.FRESHEST) {
        // What is gone for ever is said at once.
        reader.awaitFirst(WAIT);
      }
      print(reader, news, clock);
    }
    return 0;
  }

  private void print(ModelReader reader, BlockingQueue<Object> news, HeartbeatClock clock)
      throws InterruptedException {
    long left = read.target().kind() == Target.Kind.VERSION ? 1 : Long.MAX_VALUE;
    left = versions == null ? left : versions;
    String shown = null;
    while (left > 0 && !freshet.terminal().isClosed()) {
      Object next = news.poll(500, TimeUnit.MILLISECONDS);
      VersionFacts facts = read.served() ? served(reader) : null;
      if (facts != null && !reader.model().equals(shown)) {
        // The version that a name changed over to was reached before the name stood for its model.
        shown = reader.model();
        freshet.terminal().say(promoted(shown, facts));
        left--;
      }
      if (next instanceof Swap swap && left > 0) {
        freshet.terminal().say(line(shown == null ? model : shown, swap, clock));
        left--;
      } else if (next instanceof Refusal refusal) {
        freshet.terminal().say(line(refusal));
      }
    }
  }

  /** What a served name serves; null while that is nothing. */
  private static @Nullable VersionFacts served(ModelReader reader) {
    try {
      return reader.stats().facts();
    } catch (NoVersion e) {
      return null;
    }
  }

  /** Fails at once, with the log's own words, where the model has no log. */
  static void checkModel(KafkaAccess access, String model) {
    try (LogFeed feed = KafkaModelLog.feed(access.client(), names(access, model))) {
      feed.index();
    }
  }

  static TopicNames names(KafkaAccess access, String model) {
    try {
      return new TopicNames(access.topics().prefix(), model);
    } catch (IllegalArgumentException e) {
      throw new WrongUse("MODEL: " + e.getMessage(), e);
    }
  }

  /** How a version was reached, as it is printed. */
  static String by(Swap.Way way) {
    return switch (way) {
      case DELTA -> "delta";
      case REBUILT -> "anchor";
      case UNDONE -> "undone";
    };
  }

  private String promoted(String now, VersionFacts facts) {
    if (json) {
      ObjectNode node = JsonMapper.builder().build().createObjectNode();
      node.put("served", model).put("model", now).put("version", facts.version().number());
      node.put("epoch", facts.version().epoch()).put("by", "promotion").put("verified", true);
      node.put("stateHash", facts.stateHash().toString()).put("step", facts.step());
      node.put("eventTime", facts.eventTime());
      return node.toString();
    }
    return "%s stands for %s, at %s  verified %s"
        .formatted(model, now, facts.version(), facts.stateHash().toString().substring(0, 12));
  }

  private String line(String of, Swap swap, HeartbeatClock clock) {
    VersionFacts facts = swap.facts();
    long age = freshet.wallTime().getAsLong() - swap.publishedAt();
    boolean known = clock.now() > 0;
    long stale = Math.max(0, clock.now() - facts.eventTime());
    if (json) {
      ObjectNode node = JsonMapper.builder().build().createObjectNode();
      node.put("model", of).put("version", facts.version().number());
      node.put("epoch", facts.version().epoch()).put("by", by(swap.way()));
      node.put("rows", swap.rows()).put("bytes", swap.bytes()).put("verified", true);
      node.put("stateHash", facts.stateHash().toString()).put("step", facts.step());
      node.put("eventTime", facts.eventTime()).put("publishedAt", swap.publishedAt());
      node.put("gate", facts.gate()).put("skippedExamples", skipped(facts));
      node.put("ageMs", age).put("stalenessMs", known ? Long.valueOf(stale) : null);
      return node.toString();
    }
    return String.format(
            Locale.ROOT,
            "%s %-8s %-6s %,9d rows %,11d bytes  verified %s  step %,d  learnt to %s  stale %s in source time, published %,d ms ago",
            of,
            facts.version(),
            by(swap.way()),
            swap.rows(),
            swap.bytes(),
            facts.stateHash().toString().substring(0, 12),
            facts.step(),
            facts.eventTime() == Long.MAX_VALUE
                ? "the end"
                : Instant.ofEpochMilli(facts.eventTime()),
            known ? String.format(Locale.ROOT, "%,d ms", stale) : "unknown",
            age)
        + verdict(facts);
  }

  private static long skipped(VersionFacts facts) {
    return facts.skipped().values().stream().mapToLong(List::size).sum();
  }

  /** What is worth saying of a verdict: nothing where the round simply passed. */
  private static String verdict(VersionFacts facts) {
    boolean plain = facts.gate().equals("passed") || facts.gate().equals("not judged");
    return plain
        ? ""
        : String.format(
            Locale.ROOT, "  gate: %s, %,d examples skipped", facts.gate(), skipped(facts));
  }

  private String line(Refusal refusal) {
    if (json) {
      ObjectNode node = JsonMapper.builder().build().createObjectNode();
      node.put("model", model).put("verified", false).put("reason", refusal.reason());
      node.put("version", refusal.version() == null ? null : refusal.version().toString());
      return node.toString();
    }
    return "%s %s NOT VERIFIED: %s"
        .formatted(
            model, refusal.version() == null ? "" : refusal.version().toString(), refusal.reason());
  }
}
