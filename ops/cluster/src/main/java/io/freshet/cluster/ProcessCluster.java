package io.freshet.cluster;

import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.schema.EventTopics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A broker, ZooKeeper, job managers with high availability and task managers, each a process of its
 * own on the loopback interface; all of them end with this object, and with the process that holds
 * it, however that ends.
 *
 * <pre>{@code
 * try (ProcessCluster cluster =
 *     ProcessCluster.start(Installation.ofThisBuild(), directory, ClusterShape.of(2))) {
 *   cluster.freshet(Duration.ofSeconds(60), "replay", "simulator", "--events", "9000",
 *       "--brokers", cluster.brokers(), "--create-topics");
 *   String job = cluster.train("--source", "simulator");
 *   cluster.awaitRunning(job, Duration.ofSeconds(30));
 *   cluster.taskManager(0).kill();
 *   cluster.taskManager(0).start();
 * }
 * }</pre>
 */
public final class ProcessCluster implements AutoCloseable {

  private static final Duration UP = Duration.ofSeconds(180);
  private static final Duration SUBMITTED = Duration.ofSeconds(180);

  /** For processes that compute little: compiling well costs them more than it brings. */
  private static final String QUICK_START = "-XX:TieredStopAtLevel=1";

  private static final Pattern JOB = Pattern.compile("job ([0-9a-f]{32}) runs");

  private final Installation installation;
  private final Path directory;
  private final ClusterShape shape;
  private final Undertaker undertaker = new Undertaker();
  private final Member broker;
  private final Member zooKeeper;
  private final List<Member> jobManagers = new ArrayList<>();
  private final List<Member> taskManagers = new ArrayList<>();
  private final List<URI> rests = new ArrayList<>();
  private final List<Integer> metricsPorts = new ArrayList<>();
  private final int brokerPort;
  private int commands;

  private ProcessCluster(Installation installation, Path directory, ClusterShape shape) {
    this.installation = installation;
    this.directory = directory.toAbsolutePath();
    this.shape = shape;
    int flinks = shape.jobManagers() + shape.taskManagers();
    List<Integer> ports = FreePorts.find(2 + shape.jobManagers() + flinks);
    this.brokerPort = ports.get(0);
    int zooKeeperPort = ports.get(1);
    this.broker =
        member(
            "broker",
            Installation.java(
                installation.freshetClassPath(),
                List.of("-Xmx384m", QUICK_START),
                Broker.class.getName()),
            Broker.arguments(this.directory.resolve("kafka"), brokerPort, shape.detour()));
    this.zooKeeper = member("zookeeper", zooKeeper(zooKeeperPort));
    Map<String, String> common = FlinkSettings.common(this.directory, zooKeeperPort);
    for (int i = 0; i < shape.jobManagers(); i++) {
      int port = ports.get(2 + i);
      rests.add(URI.create("http://127.0.0.1:" + port));
      jobManagers.add(jobManager(i, port, ports.get(2 + shape.jobManagers() + i), common));
    }
    for (int i = 0; i < shape.taskManagers(); i++) {
      taskManagers.add(taskManager(i, ports.get(2 + 2 * shape.jobManagers() + i), common));
    }
  }

  /**
   * Starts everything and waits until all task managers are registered.
   *
   * @param directory for logs, settings, Kafka's log, checkpoints and savepoints; a second start on
   *     it, after everything has ended, goes on with what lies there
   */
  public static ProcessCluster start(
      Installation installation, Path directory, ClusterShape shape) {
    ProcessCluster cluster = new ProcessCluster(installation, directory, shape);
    try {
      cluster.members().forEach(Member::start);
      cluster.awaitUp();
      return cluster;
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private void awaitUp() {
    PatienceClock.await(
        UP,
        () -> "all task managers must register with a job manager, see " + directory,
        () -> {
          members().forEach(this::mustRun);
          return rest().taskManagers() >= shape.taskManagers();
        });
    kafka().checked();
  }

  private void mustRun(Member member) {
    if (!member.isRunning()) {
      throw new ClusterFailed(
          "%s must run, it ended:\n%s".formatted(member.name(), member.lastLines(20)));
    }
  }

  private Member member(String name, List<String> command, String... arguments) {
    List<String> whole = new ArrayList<>(command);
    whole.addAll(List.of(arguments));
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(directory + " must be writable", e);
    }
    return new Member(
        name,
        whole,
        Map.of("FLINK_PLUGINS_DIR", installation.plugins().toString()),
        directory,
        undertaker);
  }

  private List<String> zooKeeper(int port) {
    Path configuration = directory.resolve("conf/zookeeper");
    Path settings = configuration.resolve("zoo.cfg");
    FlinkSettings.write(configuration, Map.of());
    try {
      Files.writeString(
          settings,
          """
          tickTime=500
          initLimit=10
          syncLimit=5
          dataDir=%s
          clientPort=%d
          clientPortAddress=127.0.0.1
          server.1=127.0.0.1
          admin.enableServer=false
          """
              .formatted(directory.resolve("zookeeper"), port));
    } catch (IOException e) {
      throw new UncheckedIOException(settings + " must be writable", e);
    }
    List<String> command =
        flink(
            configuration,
            List.of("-Xmx96m", QUICK_START),
            "org.apache.flink.runtime.zookeeper.FlinkZooKeeperQuorumPeer");
    command.addAll(List.of("--zkConfigFile", settings.toString(), "--peerId", "1"));
    return command;
  }

  private List<String> flink(Path configuration, List<String> flags, String mainClass) {
    List<String> all = new ArrayList<>(flags);
    all.add("-Dlog4j.configurationFile=" + FlinkSettings.logging(configuration));
    all.add("-Djava.io.tmpdir=" + temporary(configuration));
    return new ArrayList<>(Installation.java(installation.flinkClassPath(), all, mainClass));
  }

  private Path temporary(Path configuration) {
    Path temporary = directory.resolve("tmp").resolve(String.valueOf(configuration.getFileName()));
    try {
      return Files.createDirectories(temporary);
    } catch (IOException e) {
      throw new UncheckedIOException(temporary + " must be writable", e);
    }
  }

  private Member jobManager(int index, int port, int metricsPort, Map<String, String> common) {
    String name = "jobmanager-" + index;
    Map<String, String> settings = new LinkedHashMap<>(common);
    settings.put("rest.port", String.valueOf(port));
    settings.put("rest.bind-port", String.valueOf(port));
    return flinkMember(
        name,
        settings,
        metricsPort,
        List.of("-Xmx320m", QUICK_START),
        "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint");
  }

  private Member taskManager(int index, int metricsPort, Map<String, String> common) {
    String name = "taskmanager-" + index;
    Map<String, String> settings = new LinkedHashMap<>(common);
    settings.put("taskmanager.resource-id", name);
    settings.putAll(FlinkSettings.taskManagerMemory(shape.slots(), shape.heapMiB()));
    if (index < shape.gpuTaskManagers()) {
      settings.put("external-resources", "gpu");
      settings.put("external-resource.gpu.amount", "1");
      settings.put(
          "external-resource.gpu.driver-factory.class",
          "org.apache.flink.externalresource.gpu.GPUDriverFactory");
      settings.put(
          "external-resource.gpu.param.discovery-script.path", String.valueOf(shape.discovery()));
    } else if (shape.gpuTaskManagers() > 0) {
      settings.put("external-resources", "cpu");
      settings.put("external-resource.cpu.amount", String.valueOf(shape.slots()));
    }
    return flinkMember(
        name,
        settings,
        metricsPort,
        List.of("-Xmx" + shape.heapMiB() + "m", "-XX:MaxDirectMemorySize=448m"),
        "org.apache.flink.runtime.taskexecutor.TaskManagerRunner");
  }

  private Member flinkMember(
      String name,
      Map<String, String> settings,
      int metricsPort,
      List<String> flags,
      String mainClass) {
    settings.put("metrics.reporters", "prom");
    settings.put(
        "metrics.reporter.prom.factory.class",
        "org.apache.flink.metrics.prometheus.PrometheusReporterFactory");
    settings.put("metrics.reporter.prom.port", String.valueOf(metricsPort));
    settings.putAll(shape.flink());
    metricsPorts.add(metricsPort);
    Path configuration = directory.resolve("conf").resolve(name);
    settings.put("io.tmp.dirs", temporary(configuration).toString());
    FlinkSettings.write(configuration, settings);
    return member(
        name, flink(configuration, flags, mainClass), "--configDir", configuration.toString());
  }

  /** For {@code --brokers}. */
  public String brokers() {
    return "127.0.0.1:" + brokerPort;
  }

  /** The cluster's Kafka; topics have no prefix. */
  public KafkaAccess kafka() {
    return KafkaAccess.to(brokers(), new EventTopics(""));
  }

  public FlinkRest rest() {
    return new FlinkRest(rests);
  }

  /** For {@code --flink}: the first job manager's HTTP interface. */
  public String flinkAddress() {
    return rests.get(0).getAuthority();
  }

  /** Where each of Flink's processes tells Prometheus its metrics, job managers first. */
  public List<Integer> metricsPorts() {
    return List.copyOf(metricsPorts);
  }

  public Member broker() {
    return broker;
  }

  public Member zooKeeper() {
    return zooKeeper;
  }

  public Member jobManager(int index) {
    return jobManagers.get(index);
  }

  public Member taskManager(int index) {
    return taskManagers.get(index);
  }

  /**
   * The task manager that runs an operator of a job.
   *
   * @param operator how its vertex's name begins; it must run on one task manager
   */
  public Member taskManagerOf(String job, String operator) {
    Set<String> on = new LinkedHashSet<>();
    rest()
        .placement(job)
        .forEach(
            (vertex, managers) -> {
              if (vertex.startsWith(operator)) {
                on.addAll(managers);
              }
            });
    return taskManagers.stream()
        .filter(member -> on.equals(Set.of(member.name())))
        .findFirst()
        .orElseThrow(
            () ->
                new ClusterFailed(
                    "%s of %s must run on one task manager, it runs on %s"
                        .formatted(operator, job, on)));
  }

  /** All processes, in the order in which they are started. */
  public List<Member> members() {
    return Stream.of(List.of(zooKeeper, broker), jobManagers, taskManagers)
        .flatMap(List::stream)
        .toList();
  }

  /** Where logs, checkpoints and savepoints lie. */
  public Path directory() {
    return directory;
  }

  /**
   * What a command left.
   *
   * @param said on standard output and standard error
   */
  public record Ran(int code, String said) {

    /** Itself, of a command that succeeded. */
    public Ran checked() {
      if (code != 0) {
        throw new ClusterFailed("a command must end with 0, got %d: %s".formatted(code, said));
      }
      return this;
    }
  }

  /** Runs a command of Freshet as a process of its own and waits for its end. */
  public Ran freshet(Duration patience, String... arguments) {
    Path out;
    synchronized (this) {
      out = directory.resolve("command-%d-%s.log".formatted(commands++, arguments[0]));
    }
    List<String> command = new ArrayList<>(command());
    command.addAll(List.of(arguments));
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(out.toFile())
              .start();
      undertaker.watch(process.pid());
      boolean ended = process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (!ended) {
        process.destroyForcibly().waitFor();
      }
      undertaker.forget(process.pid());
      String said = Files.readString(out);
      if (!ended) {
        throw new ClusterFailed(
            "%s must end within %d s, it said: %s"
                .formatted(List.of(arguments), patience.toSeconds(), said));
      }
      return new Ran(process.exitValue(), said);
    } catch (IOException e) {
      throw new UncheckedIOException("a command must start", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClusterFailed("interrupted while a command ran", e);
    }
  }

  /** A command of Freshet as a member, for one that runs on; it is not started. */
  public Member command(String name, String... arguments) {
    return member(name, command(), arguments);
  }

  private List<String> command() {
    return Installation.java(
        installation.freshetClassPath(),
        List.of("-Xmx512m", QUICK_START),
        "io.freshet.cli.Freshet");
  }

  /**
   * Submits the training job with {@code freshet train}.
   *
   * @param arguments besides those that say where everything is
   * @return the job's id
   */
  public String train(String... arguments) {
    return job(tryTrain(arguments).checked());
  }

  /** The id of the job that {@code freshet train} submitted. */
  public static String job(Ran train) {
    Matcher job = JOB.matcher(train.said());
    if (!job.find()) {
      throw new ClusterFailed("train must name the job, it said: " + train.said());
    }
    return job.group(1);
  }

  /** As {@link #train}, whatever comes of it. */
  public Ran tryTrain(String... arguments) {
    List<String> whole =
        new ArrayList<>(
            List.of(
                "train",
                "--brokers",
                brokers(),
                "--create-topics",
                "--flink",
                flinkAddress(),
                "--verbose"));
    installation.jobJars().forEach(jar -> whole.addAll(List.of("--jar", jar.toString())));
    whole.addAll(List.of(arguments));
    return freshet(SUBMITTED, whole.toArray(String[]::new));
  }

  /** Waits until every task of the job runs; says how long that took. */
  public Duration awaitRunning(String job, Duration patience) {
    FlinkRest rest = rest();
    return PatienceClock.await(
        patience,
        () ->
            "every task of %s must run, it is %s: %s"
                .formatted(job, rest.state(job), rest.failure(job).orElse("it has never failed")),
        () -> rest.runs(job));
  }

  @Override
  public void close() {
    List<Member> all = members();
    for (int i = all.size() - 1; i >= 0; i--) {
      all.get(i).kill();
    }
    undertaker.close();
  }
}
