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
import io.freshet.serving.ReaderOptions;
import io.freshet.serving.Refusal;
import io.freshet.serving.Swap;
import java.nio.file.Path;
import java.time.Instant;
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

  @Mixin private KafkaOptions kafka;

  @Parameters(paramLabel = "MODEL", description = "Name of the model.")
  private String model;

  @Option(names = "--data", paramLabel = "DIR", description = "The directory of a running demo.")
  private @Nullable Path data;

  @Option(
      names = "--isolation",
      paramLabel = "LEVEL",
      description =
          "speculative: versions at once; committed: those that no restart takes back (default: speculative).")
  private Isolation isolation = Isolation.SPECULATIVE;

  @Option(names = "--versions", paramLabel = "N", description = "End after N versions.")
  private @Nullable Long versions;

  @Option(names = "--json", description = "Print JSON lines.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    if (versions != null && versions < 1) {
      throw new WrongUse("--versions must be at least 1, got " + versions);
    }
    KafkaAccess access = kafka.access(data);
    checkModel(access, model);
    BlockingQueue<Object> news = new LinkedBlockingQueue<>();
    try (HeartbeatClock clock = HeartbeatClock.start(access);
        ModelReader reader =
            ModelReader.open(
                ReaderOptions.of(access.client(), model, isolation)
                    .withPrefix(access.topics().prefix())
                    .withSourceClock(clock::now)
                    .withFeatures(0, 0))) {
      reader.onSwap(news::add);
      reader.onRefusal(news::add);
      long left = versions == null ? Long.MAX_VALUE : versions;
      while (left > 0 && !freshet.terminal().isClosed()) {
        Object next = news.poll(500, TimeUnit.MILLISECONDS);
        if (next instanceof Swap swap) {
          freshet.terminal().say(line(swap, clock));
          left--;
        } else if (next instanceof Refusal refusal) {
          freshet.terminal().say(line(refusal));
        }
      }
    }
    return 0;
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

  private String line(Swap swap, HeartbeatClock clock) {
    VersionFacts facts = swap.facts();
    long age = freshet.wallTime().getAsLong() - swap.publishedAt();
    boolean known = clock.now() > 0;
    long stale = Math.max(0, clock.now() - facts.eventTime());
    if (json) {
      ObjectNode node = JsonMapper.builder().build().createObjectNode();
      node.put("model", model).put("version", facts.version().number());
      node.put("epoch", facts.version().epoch()).put("by", swap.rebuilt() ? "anchor" : "delta");
      node.put("rows", swap.rows()).put("bytes", swap.bytes()).put("verified", true);
      node.put("stateHash", facts.stateHash().toString()).put("step", facts.step());
      node.put("eventTime", facts.eventTime()).put("publishedAt", swap.publishedAt());
      node.put("ageMs", age).put("stalenessMs", known ? Long.valueOf(stale) : null);
      return node.toString();
    }
    return String.format(
        Locale.ROOT,
        "%s %-8s %s %,9d rows %,11d bytes  verified %s  step %,d  learnt to %s  stale %s in source time, published %,d ms ago",
        model,
        facts.version(),
        swap.rebuilt() ? "anchor" : "delta ",
        swap.rows(),
        swap.bytes(),
        facts.stateHash().toString().substring(0, 12),
        facts.step(),
        facts.eventTime() == Long.MAX_VALUE ? "the end" : Instant.ofEpochMilli(facts.eventTime()),
        known ? String.format(Locale.ROOT, "%,d ms", stale) : "unknown",
        age);
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
