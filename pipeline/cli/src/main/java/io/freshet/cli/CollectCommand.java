package io.freshet.cli;

import io.freshet.cli.collect.CollectServer;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.scoring.settings.SettingsDefaults;
import io.freshet.scoring.settings.StreamSettings;
import io.freshet.source.Source;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Takes events over HTTP into Kafka. */
@Command(
    name = "collect",
    description =
        "Takes events over HTTP at POST /events (one as JSON, an array, or JSON lines with "
            + "content type application/x-ndjson) and answers after Kafka has them: 200 all, 207 "
            + "some, 400 none, with place and reason of each that was refused; 503 while Kafka "
            + "does not take them. Sends heartbeats with its clock's time into every partition. "
            + "/health/ready, /metrics.")
final class CollectCommand implements Callable<Integer> {

  private static final int THREADS = 64;
  private static final long BODY_BYTES = 8L << 20;
  private static final String ANY_SOURCE = "events";

  @ParentCommand private Freshet freshet;

  @Mixin private KafkaOptions kafka;

  @Mixin private TopicOptions topics;

  @Mixin private ListenOptions listen;

  @Option(
      names = "--models",
      paramLabel = "FILE",
      description =
          "The job's models file, of which stream.outOfOrderness and stream.heartbeat count "
              + "here: events that are further from this machine's clock are refused "
              + "(default: as without a file, 100 ms).")
  private @Nullable Path models;

  @Option(names = "--data", paramLabel = "DIR", description = "The directory of a running demo.")
  private @Nullable Path data;

  @Override
  public Integer call() {
    StreamSettings stream = stream();
    KafkaAccess access = kafka.access(data);
    int partitions =
        topics.partitions(access, access.topics().events()).values().stream()
            .mapToInt(Integer::intValue)
            .sum();
    try (Interrupt end = Interrupt.watch();
        CollectServer server =
            new CollectServer(
                listen.door(THREADS, BODY_BYTES),
                access,
                new CollectServer.Stream(stream.outOfOrdernessMs(), stream.heartbeatMs()),
                freshet.wallTime(),
                System::nanoTime)) {
      freshet
          .terminal()
          .say(
              "events at %sevents, within %d ms of this clock; heartbeats every %d ms into %d partitions"
                  .formatted(
                      server.url(), stream.outOfOrdernessMs(), stream.heartbeatMs(), partitions));
      end.await();
    }
    return 0;
  }

  private StreamSettings stream() {
    SettingsDefaults live = SettingsDefaults.LIVE;
    return DefaultModels.read(
        DefaultModels.text(models, ANY_SOURCE),
        new Source.StreamDefaults(live.outOfOrdernessMs(), live.waitMs(), live.spanMs()))
        .stream();
  }
}
