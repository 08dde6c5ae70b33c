package io.freshet.cli;

import io.freshet.cli.report.RunReport;
import io.freshet.cli.run.DataDirectory;
import io.freshet.cli.run.DemoRun;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettingsJson;
import io.freshet.scoring.settings.ModelsFile;
import io.freshet.serving.Isolation;
import io.freshet.source.Source;
import io.freshet.source.Sources;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Runs everything in one process. */
@Command(
    name = "demo",
    description =
        "Kafka, Flink, a source, all configured models, a reader that scores, and the "
            + "live page, in one process. A second start on the same --data goes on where the "
            + "first was stopped or killed, with its source, seed and models.")
final class DemoCommand implements Callable<Integer> {

  private static final Duration STOP = Duration.ofSeconds(90);
  private static final String SIMULATOR = "simulator";

  @ParentCommand private Freshet freshet;

  @Option(
      names = "--source",
      paramLabel = "SOURCE",
      description =
          "simulator[:key=value,...], NAME:PATH of a data set, or events:PATH (default: simulator).")
  private @Nullable String source;

  @Option(
      names = "--events",
      paramLabel = "N",
      description =
          "Stop when the source has given N events, those of earlier starts on --data included.")
  private @Nullable Long events;

  @Option(
      names = "--rate",
      paramLabel = "R|max",
      converter = Rate.Converter.class,
      description = "Events per second (default: max).")
  private @Nullable Rate rate;

  @Option(
      names = "--models",
      paramLabel = "FILE",
      description =
          "Models to train (default: every family there is, with features that suit the source).")
  private @Nullable Path models;

  @Option(names = "--seed", paramLabel = "S", description = "Seed of the source (default: 1).")
  private @Nullable Long seed;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Kafka's log and checkpoints (default: a temporary directory, gone at the end).")
  private @Nullable Path data;

  @Option(
      names = "--port",
      paramLabel = "P",
      description = "Port of the live page, 0 for any free one (default: 0).")
  private int port;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      defaultValue = "127.0.0.1",
      description = "Address of the live page (default: ${DEFAULT-VALUE}).")
  private String host;

  @Option(names = "--report", paramLabel = "FILE", description = "Write figures as JSON.")
  private @Nullable Path report;

  @Option(
      names = "--predictions",
      paramLabel = "FILE",
      description = "Write every prediction as CSV, gzip when it ends in .gz.")
  private @Nullable Path predictions;

  @Option(
      names = "--isolation",
      paramLabel = "LEVEL",
      description =
          "speculative: read versions at once; committed: those that no restart takes back (default: speculative).")
  private Isolation isolation = Isolation.SPECULATIVE;

  @Option(
      names = "--parallelism",
      paramLabel = "N",
      defaultValue = "2",
      description = "Subtasks of source and timelines (default: ${DEFAULT-VALUE}).")
  private int parallelism;

  @Option(
      names = "--prefix",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "What all topics begin with (default: nothing).")
  private String prefix;

  @Override
  public Integer call() {
    check();
    try (DataDirectory directory =
        data == null ? DataDirectory.temporary() : DataDirectory.open(data)) {
      DemoRun run = new DemoRun(plan(directory), directory, freshet.terminal(), freshet.wallTime());
      Thread stop = new Thread(() -> run.stop(STOP), "freshet-stop");
      Runtime.getRuntime().addShutdownHook(stop);
      try {
        Summary.print(run.run(), freshet.terminal());
        return 0;
      } finally {
        Hooks.remove(stop);
      }
    }
  }

  private void check() {
    if (events != null && events < 1) {
      throw new WrongUse("--events must be at least 1, got " + events);
    }
    if (parallelism < 1 || parallelism > 64) {
      throw new WrongUse("--parallelism must be from 1 to 64, got " + parallelism);
    }
    if (port < 0 || port > 65_535) {
      throw new WrongUse("--port must be from 0 to 65535, got " + port);
    }
  }

  private DemoRun.Plan plan(DataDirectory directory) {
    DataDirectory.@Nullable Identity before = directory.identity().orElse(null);
    String argument = source != null ? source : before != null ? before.source() : SIMULATOR;
    long chosenSeed = seed != null ? seed : before != null ? before.seed() : 1;
    Source opened = Sources.open(argument, chosenSeed);
    String text =
        models == null && before != null && before.source().equals(argument)
            ? before.modelsFile()
            : DefaultModels.text(models, opened.name());
    ModelsFile file = DefaultModels.readToLearn(text, opened.defaults());
    Map<String, String> settings =
        file.models().stream()
            .collect(Collectors.toMap(ModelSettings::name, ModelSettingsJson::write));
    directory.claim(DataDirectory.Identity.of(argument, chosenSeed, text, settings));
    return new DemoRun.Plan(
        argument,
        opened,
        chosenSeed,
        file,
        events == null ? OptionalLong.empty() : OptionalLong.of(events),
        (rate == null ? Rate.MAX : rate).perSecond(),
        host,
        port,
        report,
        predictions,
        isolation,
        parallelism,
        prefix);
  }

  /** What a run says at its end. */
  private static final class Summary {

    static void print(RunReport report, Terminal terminal) {
      terminal.say(
          String.format(
              Locale.ROOT,
              "%,d events in %.1f s; %,d examples learnt, %,d waiting, %,d dead letters, %,d late, %,d repeated",
              report.events().values().stream().mapToLong(Long::longValue).sum(),
              report.wallSeconds(),
              report.trainedExamples(),
              report.pendingExamples(),
              report.deadLetters(),
              report.lateEvents(),
              report.repeatedEvents()));
      terminal.say(
          String.format(
              Locale.ROOT,
              "%-20s %10s %9s %7s %7s %8s %8s",
              "model",
              "examples",
              "log loss",
              "AUC",
              "calib.",
              "version",
              "proven"));
      for (RunReport.Model model : report.models()) {
        terminal.say(
            String.format(
                Locale.ROOT,
                "%-20s %,10d %9s %7s %7s %8s %8s",
                model.name(),
                model.examples(),
                decimals(model.logLoss(), 5),
                decimals(model.auc(), 4),
                decimals(model.calibration(), 3),
                model.version() == null ? "" : model.version(),
                proven(report, model.name())));
      }
      RunReport.Freshness freshness = report.freshness();
      if (freshness.readyToServedMsP50() != null) {
        terminal.say(
            String.format(
                Locale.ROOT,
                "ready to served: p50 %.0f ms, p99 %.0f ms",
                freshness.readyToServedMsP50(),
                freshness.readyToServedMsP99()));
      }
    }

    private static String proven(RunReport report, String model) {
      for (RunReport.Reader reader : report.readers()) {
        if (reader.model().equals(model)) {
          return reader.matches() == null ? "" : reader.matches() ? "yes" : "NO";
        }
      }
      return "";
    }

    private static String decimals(@Nullable Double value, int digits) {
      return value == null ? "-" : String.format(Locale.ROOT, "%." + digits + "f", value);
    }
  }
}
