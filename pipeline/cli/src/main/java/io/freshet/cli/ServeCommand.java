package io.freshet.cli;

import io.freshet.cli.kafka.HeartbeatClock;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.run.Build;
import io.freshet.cli.serve.ScoringServer;
import io.freshet.serving.Isolation;
import io.freshet.serving.ModelReader;
import io.freshet.serving.ReaderOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Scores over HTTP, always with the freshest version. */
@Command(
    name = "serve",
    description =
        "Scores over HTTP with the freshest verified version: the Open Inference Protocol at "
            + "/v2, /score for people, /search by models that rank, /v2/health/ready, and "
            + "/metrics. It waits for models that are not there yet.")
final class ServeCommand implements Callable<Integer> {

  private static final int THREADS = 64;
  private static final long BODY_BYTES = 4L << 20;

  @ParentCommand private Freshet freshet;

  @Mixin private KafkaOptions kafka;

  @Mixin private ReadOptions read;

  @Mixin private ListenOptions listen;

  @Parameters(
      paramLabel = "MODEL",
      arity = "1..*",
      description = "Names of the models, or with --served of served names.")
  private List<String> models;

  @Option(names = "--data", paramLabel = "DIR", description = "The directory of a running demo.")
  private @Nullable Path data;

  @Option(
      names = "--isolation",
      paramLabel = "LEVEL",
      description =
          "speculative: versions at once; committed: those that no restart takes back (default: speculative).")
  private Isolation isolation = Isolation.SPECULATIVE;

  @Option(
      names = "--stale-after",
      paramLabel = "DURATION",
      converter = EffortOptions.BudgetConverter.class,
      description =
          "Refuse to score with a version that is staler, such as 30s (default: never refuse).")
  private @Nullable Duration staleAfter;

  @Option(
      names = "--stale-default",
      paramLabel = "P",
      description = "Beyond --stale-after answer with this probability instead of refusing.")
  private @Nullable Double staleDefault;

  @Override
  public Integer call() {
    check();
    read.check();
    KafkaAccess access = kafka.access(data);
    models.forEach(model -> FollowCommand.names(access, model));
    try (Interrupt end = Interrupt.watch();
        HeartbeatClock clock = HeartbeatClock.start(access);
        ScoringServer server = start(access, clock)) {
      freshet
          .terminal()
          .say("scores of %s at %s".formatted(String.join(", ", models), server.url()));
      for (String model : models) {
        String why = server.waitsFor(model);
        freshet.terminal().note(model + (why == null ? ": ready" : ": waiting, " + why));
      }
      end.await();
    }
    return 0;
  }

  private void check() {
    if (staleDefault != null && staleAfter == null) {
      throw new WrongUse("--stale-default must come with --stale-after, got it alone");
    }
    if (staleDefault != null && !(staleDefault > 0 && staleDefault < 1)) {
      throw new WrongUse("--stale-default must lie between 0 and 1, got " + staleDefault);
    }
  }

  private ScoringServer start(KafkaAccess access, HeartbeatClock clock) {
    Map<String, ModelReader> readers = new LinkedHashMap<>();
    try {
      for (String model : models) {
        if (readers.containsKey(model)) {
          throw new WrongUse("models must differ, got %s twice".formatted(model));
        }
        readers.put(model, read.open(options(access, clock, model)));
      }
      return ScoringServer.start(
          listen.door(THREADS, BODY_BYTES),
          access,
          Build.version(),
          readers,
          clock::now,
          System::nanoTime);
    } catch (RuntimeException e) {
      readers.values().forEach(ModelReader::close);
      throw e;
    }
  }

  private ReaderOptions options(KafkaAccess access, HeartbeatClock clock, String model) {
    ReaderOptions options =
        ReaderOptions.of(access.client(), model, isolation)
            .withPrefix(access.topics().prefix())
            .withSourceClock(clock::now);
    if (staleAfter == null) {
      return options;
    }
    return staleDefault == null
        ? options.withStalenessLimit(staleAfter)
        : options.withStaleDefault(staleAfter, staleDefault);
  }
}
