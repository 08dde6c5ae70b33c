package io.freshet.cli;

import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.kafka.SharedTopics;
import io.freshet.cli.run.ClusterResources;
import io.freshet.cli.run.DataDirectory;
import io.freshet.cli.run.RemoteJob;
import io.freshet.cli.run.RunningJob;
import io.freshet.cli.run.TrainRun;
import io.freshet.job.JobSettings;
import io.freshet.job.SlotRequests;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettingsJson;
import io.freshet.scoring.settings.ModelsFile;
import io.freshet.scoring.settings.SettingsDefaults;
import io.freshet.source.Source;
import io.freshet.source.Sources;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Runs the job against given brokers, on Flink's mini-cluster. */
@Command(
    name = "train",
    description =
        "Runs the job on a Flink cluster in this process, against given brokers. It ends "
            + "at the true end of all event topics or when it is interrupted, with a savepoint "
            + "in --data; a second start there goes on from it.")
final class TrainCommand implements Callable<Integer> {

  private static final Duration STOP = Duration.ofSeconds(90);

  @ParentCommand private Freshet freshet;

  @Mixin private KafkaOptions kafka;

  @Mixin private TopicOptions topics;

  @Option(
      names = "--models",
      paramLabel = "FILE",
      description =
          "Models to train (default: every family there is, with features that suit --source).")
  private @Nullable Path models;

  @Option(
      names = "--source",
      paramLabel = "SOURCE",
      defaultValue = "events",
      description =
          "Whose time scale and features the default models have: simulator, NAME:PATH, or events (default: ${DEFAULT-VALUE}).")
  private String source;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Checkpoints (default: a temporary directory, gone at the end).")
  private @Nullable Path data;

  @Option(
      names = "--parallelism",
      paramLabel = "N",
      defaultValue = "2",
      description = "Subtasks of source and timelines (default: ${DEFAULT-VALUE}).")
  private int parallelism;

  @Option(
      names = "--flink",
      paramLabel = "HOST:PORT",
      description = "Submit the job to the Flink cluster whose HTTP interface is there, instead.")
  private @Nullable String flink;

  @Option(
      names = "--jar",
      paramLabel = "FILE",
      description = "A jar that --flink needs: the job's, and this command line's.")
  private List<Path> jars = new ArrayList<>();

  @Option(
      names = "--from",
      paramLabel = "SAVEPOINT",
      description =
          "With --flink: the savepoint, or the checkpoint that stayed, from which the job goes on.")
  private @Nullable String savepoint;

  @Option(
      names = "--upgrade",
      description =
          "With --flink: stop the job that learns from these topics with a savepoint, and go on from "
              + "it with this models file, these jars and this parallelism.")
  private boolean upgrade;

  @Option(
      names = "--drop",
      description = "With --from or --upgrade: let go of models that are no longer declared.")
  private boolean drop;

  @Option(
      names = "--gpu-share",
      paramLabel = "SHARE",
      description =
          "Of one GPU, what each learner with device: gpu or auto asks --flink for (default: what falls "
              + "to one slot of its task manager); learners with small shares may have one GPU together.")
  private @Nullable Double gpuShare;

  @Option(
      names = "--rewind",
      description =
          "Start below versions that are committed, and take them back. Without it such a start is refused.")
  private boolean rewind;

  @Override
  public Integer call() {
    if (parallelism < 1 || parallelism > 64) {
      throw new WrongUse("--parallelism must be from 1 to 64, got " + parallelism);
    }
    if (gpuShare != null && !(gpuShare > 0 && gpuShare <= 1)) {
      throw new WrongUse("--gpu-share must be above 0, to 1, got " + gpuShare);
    }
    if (flink == null && (upgrade || savepoint != null)) {
      throw new WrongUse("--upgrade and --from must come with --flink; --data goes on by itself");
    }
    if (upgrade && savepoint != null) {
      throw new WrongUse("--upgrade and --from must not both be given");
    }
    ModelsFile file = models();
    KafkaAccess access = kafka.access(null);
    // All must be there; how many partitions each has, the job sees for itself.
    topics.partitions(access, SharedTopics.all(access.topics()));
    if (flink != null) {
      return submit(file, access, flink);
    }
    try (DataDirectory directory =
        data == null ? DataDirectory.temporary() : DataDirectory.open(data)) {
      Map<String, String> settings =
          file.models().stream()
              .collect(Collectors.toMap(ModelSettings::name, ModelSettingsJson::write));
      directory.claim(DataDirectory.Identity.of("topics of " + prefixOf(access), 0, "", settings));
      TrainRun run =
          new TrainRun(
              TrainRun.settings(file, access, SlotRequests.NONE, parallelism, rewind),
              access,
              directory,
              freshet.terminal());
      Thread stop = new Thread(() -> run.stop(STOP), "freshet-stop");
      Runtime.getRuntime().addShutdownHook(stop);
      try {
        run.run();
        return 0;
      } finally {
        Hooks.remove(stop);
      }
    }
  }

  /**
   * Times and features suit the source, where it can be opened to ask it. What is submitted is not
   * learnt here: whether its files are there, the cluster's machines find.
   */
  private ModelsFile models() {
    boolean canBeAsked = source.equals("simulator") || source.contains(":");
    Source asked = canBeAsked ? Sources.open(source, 0) : null;
    SettingsDefaults live = SettingsDefaults.LIVE;
    Source.StreamDefaults defaults =
        asked == null
            ? new Source.StreamDefaults(live.outOfOrdernessMs(), live.waitMs(), live.spanMs())
            : asked.defaults();
    String text = DefaultModels.text(models, asked == null ? source : asked.name());
    return flink == null
        ? DefaultModels.readToLearn(text, defaults)
        : DefaultModels.read(text, defaults);
  }

  private int submit(ModelsFile file, KafkaAccess access, String address) {
    int colon = address.lastIndexOf(':');
    if (colon < 1 || !address.substring(colon + 1).matches("[0-9]{1,5}")) {
      throw new WrongUse("--flink must be HOST:PORT, got " + address);
    }
    for (Path jar : jars) {
      if (!Files.isRegularFile(jar)) {
        throw new WrongUse("--jar must be a file, got " + jar);
      }
    }
    RemoteJob.Cluster cluster =
        new RemoteJob.Cluster(
            address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)), jars);
    ClusterResources found = ClusterResources.of(cluster);
    ClusterResources.Granted gpus = (upgrade ? found.emptied() : found).grant(file, gpuShare);
    gpus.notes().forEach(freshet.terminal()::note);
    JobSettings settings = TrainRun.settings(file, access, gpus.requests(), parallelism, rewind);
    String job = RemoteJob.submit(settings, access, cluster, from(settings, access, cluster));
    freshet.terminal().say("job " + job + " runs at " + address);
    return 0;
  }

  /** Where to go on: never beside a job that learns from the same topics. */
  private RemoteJob.@Nullable From from(
      JobSettings settings, KafkaAccess access, RemoteJob.Cluster cluster) {
    Optional<RunningJob> found = RunningJob.on(cluster, access.topics().prefix());
    if (found.isEmpty()) {
      if (upgrade) {
        throw new WrongUse(
            "--upgrade must find a job on the topics of %s, none runs; --from SAVEPOINT goes on from a stopped one"
                .formatted(prefixOf(access)));
      }
      return savepoint == null ? null : new RemoteJob.From(savepoint, drop);
    }
    RunningJob running = found.get();
    String difference = running.difference(settings);
    if (!upgrade) {
      throw new CommandFailed(
          "the topics of %s must be learnt from by one job, %s runs there with %s: --upgrade stops it with a savepoint and goes on from it, another --prefix keeps it"
              .formatted(
                  prefixOf(access),
                  running.id(),
                  difference.isEmpty() ? "the same models" : "other models (" + difference + ")"));
    }
    if (!running.missing(settings).isEmpty() && !drop) {
      throw new WrongUse(
          "--models must declare all that job %s has, or --drop be given, which lets them go; missing: %s"
              .formatted(
                  running.id(), String.join(", ", new TreeSet<>(running.missing(settings)))));
    }
    freshet.terminal().note("stopping job " + running.id());
    String stopped = running.stop(cluster);
    freshet.terminal().say("job %s stopped with savepoint %s".formatted(running.id(), stopped));
    return new RemoteJob.From(stopped, drop);
  }

  private static String prefixOf(KafkaAccess access) {
    String prefix = access.topics().prefix();
    return prefix.isEmpty() ? "no prefix" : "prefix " + prefix;
  }
}
