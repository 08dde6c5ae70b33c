package io.freshet.cli;

import io.freshet.cli.feed.Feeder;
import io.freshet.cli.feed.SourceClock;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.schema.EventJson;
import io.freshet.source.Source;
import io.freshet.source.SourceRecord;
import io.freshet.source.Sources;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Sends a source's events to Kafka, or prints them. */
@Command(
    name = "replay",
    description =
        "Sends a source's events to Kafka, with heartbeats, at a rate or as fast as it "
            + "takes them. A second call goes on after what the topics hold already.")
final class ReplayCommand implements Callable<Integer> {

  private static final Duration STOP = Duration.ofSeconds(20);
  private static final long DEFAULT_HEARTBEAT_MS = 100;

  @ParentCommand private Freshet freshet;

  @Mixin private KafkaOptions kafka;

  @Mixin private TopicOptions topics;

  @Parameters(
      paramLabel = "SOURCE",
      description = "simulator[:key=value,...], NAME:PATH of a data set, or events:PATH.")
  private String source;

  @Option(names = "--print", description = "Print the events as JSON lines instead.")
  private boolean print;

  @Option(
      names = "--events",
      paramLabel = "N",
      description = "Stop when the source has given N events.")
  private @Nullable Long events;

  @Option(
      names = "--rate",
      paramLabel = "R|max",
      converter = Rate.Converter.class,
      description = "Events per second (default: max).")
  private @Nullable Rate rate;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Seed of the source (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--data", paramLabel = "DIR", description = "The directory of a running demo.")
  private @Nullable Path data;

  @Override
  public Integer call() {
    if (events != null && events < 1) {
      throw new WrongUse("--events must be at least 1, got " + events);
    }
    Source opened = Sources.open(source, seed);
    return print ? print(opened) : send(opened);
  }

  private int print(Source opened) {
    EventJson json = new EventJson();
    Iterator<SourceRecord> records = opened.records(0);
    long left = events == null ? Long.MAX_VALUE : events;
    while (left > 0 && records.hasNext() && !freshet.terminal().isClosed()) {
      SourceRecord record = records.next();
      if (record instanceof SourceRecord.Good good) {
        freshet.terminal().say(json.write(good.event()));
      } else if (record instanceof SourceRecord.Bad bad) {
        freshet
            .terminal()
            .note(
                "no event at index %d: %s: %s"
                    .formatted(
                        bad.index(),
                        bad.reason(),
                        new String(bad.bytes(), StandardCharsets.UTF_8)));
      }
      left--;
    }
    return 0;
  }

  private int send(Source opened) {
    KafkaAccess access = kafka.access(data);
    Map<String, Integer> partitions = topics.partitions(access, access.topics().events());
    long outOfOrderness = opened.defaults().outOfOrdernessMs();
    Feeder feeder =
        new Feeder(
            opened,
            access,
            partitions,
            new Feeder.Plan(
                events == null ? OptionalLong.empty() : OptionalLong.of(events),
                (rate == null ? Rate.MAX : rate).perSecond(),
                outOfOrderness > 0 ? outOfOrderness : DEFAULT_HEARTBEAT_MS,
                0),
            new SourceClock(),
            Feeder.Gate.OPEN,
            event -> {},
            null,
            freshet.wallTime());
    CountDownLatch ended = new CountDownLatch(1);
    Thread stop = new Thread(() -> stop(feeder, ended), "freshet-stop");
    Runtime.getRuntime().addShutdownHook(stop);
    Thread progress = progress(feeder, ended);
    long began = System.nanoTime();
    try {
      Feeder.Outcome outcome = feeder.run();
      double seconds = (System.nanoTime() - began) / 1e9;
      freshet
          .terminal()
          .say(
              String.format(
                  Locale.ROOT,
                  "%,d events sent in %.1f s, %,d/s; %s",
                  feeder.sent(),
                  seconds,
                  Math.round(feeder.sent() / Math.max(seconds, 1e-3)),
                  switch (outcome.reason()) {
                    case SOURCE_ENDED -> "the source has ended";
                    case LIMIT -> "--events is reached";
                    case STOPPED -> "stopped";
                  }));
      return 0;
    } finally {
      ended.countDown();
      Hooks.remove(stop);
      progress.interrupt();
    }
  }

  private Thread progress(Feeder feeder, CountDownLatch ended) {
    Thread thread =
        new Thread(
            () -> {
              try {
                while (!ended.await(200, TimeUnit.MILLISECONDS)) {
                  freshet
                      .terminal()
                      .progress(String.format(Locale.ROOT, "%,d events sent", feeder.sent()));
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "freshet-progress");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static void stop(Feeder feeder, CountDownLatch ended) {
    feeder.stop();
    try {
      boolean inTime = ended.await(STOP.toSeconds(), TimeUnit.SECONDS);
      if (!inTime) {
        Runtime.getRuntime().halt(1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
