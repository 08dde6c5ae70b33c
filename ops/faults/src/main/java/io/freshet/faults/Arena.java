package io.freshet.faults;

import io.freshet.cli.DefaultModels;
import io.freshet.cli.kafka.EmbeddedKafka;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.kafka.SharedTopics;
import io.freshet.cli.report.EvaluationStore;
import io.freshet.cluster.ClusterShape;
import io.freshet.cluster.FreePorts;
import io.freshet.cluster.Installation;
import io.freshet.cluster.Member;
import io.freshet.cluster.ProcessCluster;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelsFile;
import io.freshet.source.Source;
import io.freshet.source.Sources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Everything that faults can meet: a cluster of processes whose job and readers reach the broker
 * over a {@link Wire}, small disks under checkpoints and broker, a rough source, and what watches.
 */
final class Arena implements AutoCloseable {

  private static final Duration START = Duration.ofSeconds(240);
  private static final int TASK_MANAGERS = 2;
  private static final Pattern JOB = Pattern.compile("job ([0-9a-f]{32}) runs");

  /**
   * Two families, one in Java and one in PyTorch, small enough to learn faster than they are fed.
   */
  private static final String MODELS =
      """
      stream: {outOfOrderness: 200ms, heartbeat: 100ms}
      labels: {action: click, wait: 2s}
      models:
        boosted:
          family: boosted-mlp
          features: &features
            - {name: item, from: item.id, as: id, size: 8, admitAfter: 2}
            - {name: category, from: item.category, as: id, size: 4}
            - {name: price, from: item.price, as: number, log: true}
            - {name: dwell, from: context.dwell, as: number}
            - {name: item-rate, from: item.id, as: counters, halfLives: [1h]}
            - {name: position, from: position, as: bias}
          histories: &histories
            - {name: clicked, of: [item, category], actions: [click], length: 10}
          batch: &batch {size: 32, span: 1s}
          publish: &publish {every: 250ms, anchorEvery: 2s}
        din:
          family: din
          features: *features
          histories: *histories
          network: {units: [16, 8]}
          batch: *batch
          publish: *publish
      """;

  /**
   * @param perSecond events of the source, which are as many a second of event time
   */
  record Plan(Path directory, long seed, double perSecond) {

    /** Where the job's checkpoints lie. */
    Path checkpoints() {
      return directory.resolve("cluster/checkpoints");
    }

    /** Where the broker keeps its logs. */
    Path broker() {
      return directory.resolve("cluster/kafka");
    }
  }

  /**
   * Small ones, which can be filled.
   *
   * @param checkpoints under the job's checkpoints; empty where they lie on one that cannot be
   *     filled
   * @param broker under the broker's logs, likewise
   */
  record Disks(Optional<Disk> checkpoints, Optional<Disk> broker) {}

  private final Path directory;
  private final Wire wire;
  private final Disks disks;
  private final ProcessCluster cluster;
  private final ModelsFile models;
  private final RoughSource source;
  private final String job;
  private final EvaluationStore said;
  private final Pulse pulse;
  private final Feed feed;
  private final Readers readers;
  private final HostileWriter hostile;

  /** Starts everything and waits until models learn. */
  Arena(Plan plan, Disks disks) {
    this.directory = plan.directory();
    this.disks = disks;
    int detour = FreePorts.find(1).get(0);
    this.wire = new Wire(detour);
    Installation installation = Installation.ofThisBuild();
    this.cluster =
        ProcessCluster.start(
            installation,
            directory.resolve("cluster"),
            ClusterShape.of(TASK_MANAGERS)
                .withDetour(new EmbeddedKafka.Detour(detour, wire.port())));
    Source simulator =
        Sources.open(
            "simulator:items=400,users=300,rate=%d".formatted((int) plan.perSecond()), plan.seed());
    this.source = new RoughSource(simulator, plan.seed());
    this.models = DefaultModels.read(MODELS, simulator.defaults());
    this.job = submit(installation);
    cluster.awaitRunning(job, START);
    this.said = new EvaluationStore(made(directory.resolve("said")), names());
    this.pulse = new Pulse(cluster.kafka(), said);
    this.feed =
        new Feed(
            source,
            cluster.kafka(),
            new SharedTopics(cluster.kafka()).partitions(cluster.kafka().topics().events()),
            plan.perSecond(),
            models.stream().heartbeatMs());
    this.readers = new Readers(readerCommand(), directory.resolve("readers.log"));
    this.hostile = new HostileWriter(cluster.kafka());
    FaultsClock.await(
        START,
        () -> "every model must have learnt something, " + pulse.steppedAt() + " have",
        () -> pulse.steppedAt().keySet().containsAll(names()));
    readers.start();
  }

  private String submit(Installation installation) {
    Path file = directory.resolve("models.yaml");
    try {
      Files.writeString(file, MODELS);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " must be writable", e);
    }
    List<String> command =
        new ArrayList<>(
            List.of(
                "train",
                "--brokers",
                "127.0.0.1:" + wire.port(),
                "--create-topics",
                "--flink",
                cluster.flinkAddress(),
                "--source",
                "simulator",
                "--models",
                file.toString(),
                "--verbose"));
    installation.jobJars().forEach(jar -> command.addAll(List.of("--jar", jar.toString())));
    String answer = cluster.freshet(START, command.toArray(String[]::new)).checked().said();
    Matcher found = JOB.matcher(answer);
    if (!found.find()) {
      throw new FaultsFailed("train must name the job, it said: " + answer);
    }
    return found.group(1);
  }

  private List<String> readerCommand() {
    String home = Objects.requireNonNull(System.getProperty("java.home"));
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(home, "bin/java").toString(),
                "--add-modules=jdk.incubator.vector",
                "-Xmx192m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                Objects.requireNonNull(System.getProperty("java.class.path")),
                ReaderMain.class.getName(),
                "127.0.0.1:" + wire.port()));
    command.addAll(names());
    return command;
  }

  static Path made(Path directory) {
    try {
      return Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(directory + " must be writable", e);
    }
  }

  /** Names of the models. */
  List<String> names() {
    return models.models().stream().map(ModelSettings::name).toList();
  }

  ModelsFile models() {
    return models;
  }

  /** Readers in their process. */
  int readerCount() {
    return 2 * names().size();
  }

  ProcessCluster cluster() {
    return cluster;
  }

  /** Not over the wire. */
  KafkaAccess kafka() {
    return cluster.kafka();
  }

  String job() {
    return job;
  }

  Wire wire() {
    return wire;
  }

  Disks disks() {
    return disks;
  }

  Path checkpoints() {
    return directory.resolve("cluster/checkpoints").resolve(job);
  }

  RoughSource source() {
    return source;
  }

  Feed feed() {
    return feed;
  }

  EvaluationStore said() {
    return said;
  }

  Pulse pulse() {
    return pulse;
  }

  Readers readers() {
    return readers;
  }

  HostileWriter hostile() {
    return hostile;
  }

  /**
   * Starts again what has ended by itself, as whoever looks after processes would: a task manager
   * that has lost its ZooKeeper ends.
   *
   * @return whether nothing had
   */
  boolean supervise() {
    List<Member> ended = cluster.members().stream().filter(member -> !member.isRunning()).toList();
    ended.forEach(Member::start);
    return ended.isEmpty();
  }

  /** Whether all task managers may be given tasks. */
  boolean isComplete() {
    return cluster.rest().taskManagers() >= TASK_MANAGERS;
  }

  /** Kills every process of the cluster, and starts them again. */
  void killAll() {
    cluster.members().forEach(Member::kill);
    cluster.members().forEach(Member::start);
  }

  /** Ends what trains and what reads, and keeps the broker. */
  void endTraining() {
    readers.kill();
    cluster.members().stream()
        .filter(member -> member.name().matches("(task|job)manager.*"))
        .forEach(Member::kill);
  }

  @Override
  public void close() {
    try (wire) {
      readers.close();
      feed.close();
      pulse.close();
      cluster.close();
      said.close();
    }
  }
}
