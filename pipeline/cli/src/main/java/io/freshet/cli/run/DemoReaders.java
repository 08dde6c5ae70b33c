package io.freshet.cli.run;

import io.freshet.cli.Causes;
import io.freshet.cli.CommandFailed;
import io.freshet.cli.Terminal;
import io.freshet.cli.feed.SourceClock;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.report.ServedFreshness;
import io.freshet.modellog.TopicNames;
import io.freshet.serving.Isolation;
import io.freshet.serving.ModelReader;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/** What reads the models of a demo: of each its log, and a serving process in small. */
final class DemoReaders implements AutoCloseable {

  private static final Duration CATCH_UP = Duration.ofSeconds(60);

  private final KafkaAccess kafka;
  private final List<String> models;
  private final SourceClock clock;
  private final RecentRequests requests;
  private final ServedFreshness freshness;
  private final LongSupplier wallTime;
  private final Terminal terminal;
  private final List<Reading> readings = new CopyOnWriteArrayList<>();

  private record Reading(ModelFollower follower, ServingProbe probe) {}

  DemoReaders(
      KafkaAccess kafka,
      List<String> models,
      SourceClock clock,
      RecentRequests requests,
      ServedFreshness freshness,
      LongSupplier wallTime,
      Terminal terminal) {
    this.kafka = kafka;
    this.models = models;
    this.clock = clock;
    this.requests = requests;
    this.freshness = freshness;
    this.wallTime = wallTime;
    this.terminal = terminal;
  }

  /** Begins once all models' logs are there; whether it has. */
  boolean start(Isolation isolation, RunFigures figures) {
    if (!readings.isEmpty()) {
      return true;
    }
    Set<String> there = topics();
    for (String model : models) {
      TopicNames names = new TopicNames(kafka.topics().prefix(), model);
      if (!there.containsAll(List.of(names.log(), names.anchors(), names.index()))) {
        return false;
      }
    }
    for (String model : models) {
      Reading reading =
          new Reading(
              new ModelFollower(kafka, model).start(),
              new ServingProbe(kafka, model, isolation, clock, requests, freshness, wallTime)
                  .start());
      readings.add(reading);
      figures.follow(model, reading.follower().watch());
      figures.follow(reading.probe());
    }
    return true;
  }

  /**
   * That of a model, from any thread; null before it has begun, and of a model that is not here.
   */
  @Nullable ModelReader reader(String model) {
    return readings.stream()
        .map(Reading::probe)
        .filter(probe -> probe.model().equals(model))
        .findFirst()
        .map(ServingProbe::reader)
        .orElse(null);
  }

  private Set<String> topics() {
    try (Admin admin = Admin.create(kafka.properties())) {
      return admin.listTopics().names().get();
    } catch (ExecutionException e) {
      throw new CommandFailed("Kafka must list its topics: " + Causes.of(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Set.of();
    }
  }

  /** Reads to the logs' ends and proves what is held then; says where that fails. */
  void finish(Isolation isolation) {
    readings.forEach(reading -> reading.follower().drain());
    for (Reading reading : readings) {
      ServingProbe probe = reading.probe();
      var last = reading.follower().watch().last();
      if (isolation == Isolation.SPECULATIVE
          && last != null
          && !probe.awaitVersion(last.facts().version().number(), CATCH_UP)) {
        terminal.note(
            "the reader of %s must come to version %s within %d s, it did not"
                .formatted(probe.model(), last.facts().version(), CATCH_UP.toSeconds()));
      }
      if (!probe.verify()) {
        terminal.note(
            "the reader of %s must hold what its manifest says, its hash differs"
                .formatted(probe.model()));
      }
    }
  }

  /** From the start of this process to the first score of any model; null before. */
  @Nullable Double secondsToFirstScore() {
    long start = ManagementFactory.getRuntimeMXBean().getStartTime();
    return readings.stream()
        .map(reading -> reading.probe().firstScoreAt())
        .filter(Objects::nonNull)
        .map(at -> (at - start) / 1e3)
        .min(Double::compare)
        .orElse(null);
  }

  @Override
  public void close() {
    for (Reading reading : readings) {
      reading.probe().close();
      reading.follower().close();
    }
  }
}
