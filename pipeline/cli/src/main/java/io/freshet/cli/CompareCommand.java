package io.freshet.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.cli.compare.PromotionWatch;
import io.freshet.cli.compare.SideBySide;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.report.EvaluationStore;
import io.freshet.cli.run.DataDirectory;
import io.freshet.cli.run.StoredEvaluations;
import io.freshet.job.learner.LearnerLoop;
import io.freshet.learning.compare.Standing;
import io.freshet.modellog.KafkaModelLog;
import io.freshet.modellog.LogEntry;
import io.freshet.modellog.LogFeed;
import io.freshet.modellog.LogRecord;
import io.freshet.modellog.ModelIndex;
import io.freshet.modellog.ServedNames;
import io.freshet.modellog.TopicNames;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.source.Sources;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Shows the models side by side. */
@Command(
    name = "compare",
    description =
        "Shows the models side by side over time, on the same examples, each predicted before it "
            + "was learnt. Differences from the champion have an interval that holds at all times: "
            + "look as often as you like. On --data also while no demo runs there.")
final class CompareCommand implements Callable<Integer> {

  private static final Duration POLL = Duration.ofMillis(100);

  @ParentCommand private Freshet freshet;

  @Mixin private KafkaOptions kafka;

  @Option(names = "--data", paramLabel = "DIR", description = "The directory of a demo.")
  private @Nullable Path data;

  @Option(
      names = "--champion",
      paramLabel = "MODEL",
      description =
          "The model that others are compared with (default: the first of the demo's models file).")
  private @Nullable String champion;

  @Option(
      names = "--block",
      paramLabel = "DURATION",
      description = "Event time in which rows hang together, in ISO form (default: PT10M).")
  private Duration block = Duration.ofMinutes(10);

  @Option(
      names = "--confidence",
      paramLabel = "P",
      description = "That the intervals hold at all times (default: 0.95).")
  private double confidence = 0.95;

  @Option(
      names = "--windows",
      paramLabel = "N",
      description = "Windows of event time to tell the log loss in (default: 8).")
  private int windows = 8;

  @Option(
      names = "--promote",
      paramLabel = "NAME",
      description =
          "Let the served name NAME stand for the first challenger that was better than the champion for all of --horizon.")
  private @Nullable String promote;

  @Option(
      names = "--horizon",
      paramLabel = "DURATION",
      description = "Event time for which a challenger must be better (default: PT1H).")
  private Duration horizon = Duration.ofHours(1);

  @Option(
      names = "--watch",
      description =
          "Promote as evaluations come, until stopped: the champion is what NAME of --promote "
              + "stands for, whoever takes its place is the next. All that is on record is "
              + "evidence; --horizon begins once it is read.")
  private boolean watch;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    if (watch && (promote == null || json)) {
      throw new WrongUse(
          "--watch must have a name to --promote and cannot be told as --json, got %s"
              .formatted(promote == null ? "no name" : "both"));
    }
    if (!(confidence > 0.5 && confidence < 1) || windows < 1 || windows > 100) {
      throw new WrongUse(
          "--confidence must be above 0.5 and below 1 and --windows from 1 to 100, got %s and %d"
              .formatted(confidence, windows));
    }
    if (block.toMillis() < 1 || horizon.isNegative()) {
      throw new WrongUse(
          "--block must be positive and --horizon not negative, got %s and %s"
              .formatted(block, horizon));
    }
    if (watch) {
      watch(kafka.access(data));
      return 0;
    }
    return kafka.with(data, this::compare);
  }

  private int compare(KafkaAccess access) {
    try (DataDirectory scratch = DataDirectory.temporary();
        EvaluationStore store = new EvaluationStore(scratch.scratch(), declared())) {
      StoredEvaluations.read(access, store);
      String first = first(store);
      SideBySide.Result result =
          new SideBySide(
                  store,
                  new SideBySide.Plan(
                      first, block.toMillis(), confidence, windows, horizon.toMillis()))
              .compare();
      if (json) {
        freshet.terminal().say(json(access, result, first));
      } else {
        print(access, result, first);
      }
      promote(access, result);
    }
    return 0;
  }

  private void watch(KafkaAccess access) {
    String name = Objects.requireNonNull(promote);
    ServedNames.@Nullable Target target;
    try (ServedNames names = ServedNames.open(access.client(), access.topics().prefix())) {
      target = names.targets().get(name);
    }
    if (target == null) {
      throw new CommandFailed(
          "%s must stand for a model before it is watched: freshet promote %s --to MODEL"
              .formatted(name, name));
    }
    new WatchedName(
            access,
            freshet.terminal(),
            freshet.wallTime(),
            name,
            new PromotionWatch(target.model(), block.toMillis(), confidence, horizon.toMillis()))
        .run();
  }

  /** The models in the order of the demo's models file; none where no demo is known. */
  private List<String> declared() {
    DataDirectory.@Nullable Identity identity = data == null ? null : DataDirectory.identity(data);
    if (identity == null) {
      return List.of();
    }
    return DefaultModels.read(
            identity.modelsFile(), Sources.open(identity.source(), identity.seed()).defaults())
        .models()
        .stream()
        .map(ModelSettings::name)
        .toList();
  }

  private String first(EvaluationStore store) {
    List<String> models =
        store.figures().stream()
            .filter(of -> !of.family().equals(EvaluationStore.REFERENCE))
            .map(EvaluationStore.Figures::model)
            .toList();
    if (models.isEmpty()) {
      throw new CommandFailed("there must be evaluations to compare, there are none");
    }
    if (champion == null) {
      return models.get(0);
    }
    if (store.examples(champion) == 0) {
      throw new WrongUse(
          "--champion must be one of %s, got %s"
              .formatted(
                  store.figures().stream().map(EvaluationStore.Figures::model).toList(), champion));
    }
    return champion;
  }

  private void print(KafkaAccess access, SideBySide.Result result, String first) {
    say(
        "examples ready from %s to %s; log loss in nats; difference from %s (above 0: better than it), %s %% at all times",
        Instant.ofEpochMilli(result.from()),
        Instant.ofEpochMilli(result.to()),
        first,
        Double.toString(100 * confidence));
    say(
        "%-20s %10s %9s %7s %7s %7s %9s %7s  %s",
        "model",
        "examples",
        "log loss",
        "AUC",
        "GAUC",
        "calibr.",
        "us each",
        "drifts",
        "difference");
    for (SideBySide.Row row : result.rows()) {
      say(
          "%-20s %,10d %9s %7s %7s %7s %9s %7d  %s",
          row.model(),
          row.quality().examples(),
          figure(row.quality().logLoss(), 5),
          figure(row.quality().auc(), 4),
          figure(row.quality().gauc(), 4),
          figure(row.quality().calibration(), 3),
          cost(access, row),
          row.drifts(),
          difference(row.standing()));
    }
    say("log loss in %d windows of event time", windows);
    for (SideBySide.Row row : result.rows()) {
      say(
          "%-20s %s",
          row.model(),
          Arrays.stream(row.windows())
              .mapToObj(loss -> String.format(Locale.ROOT, "%.4f", loss))
              .collect(Collectors.joining(" ")));
    }
  }

  private void say(String format, Object... values) {
    freshet.terminal().say(String.format(Locale.ROOT, format, values));
  }

  private static String figure(@Nullable Double value, int digits) {
    return value == null ? "-" : String.format(Locale.ROOT, "%." + digits + "f", value);
  }

  private static String difference(@Nullable Standing standing) {
    if (standing == null) {
      return "-";
    }
    if (Double.isInfinite(standing.low())) {
      return String.format(Locale.ROOT, "%+.5f, too little to say", standing.mean());
    }
    return String.format(
        Locale.ROOT,
        "%+.5f [%+.5f, %+.5f] %s",
        standing.mean(),
        standing.low(),
        standing.high(),
        verdict(standing));
  }

  private static String verdict(Standing standing) {
    if (standing.secondIsBetter()) {
      return "better";
    }
    return standing.firstIsBetter() ? "worse" : "no difference so far";
  }

  private static String cost(KafkaAccess access, SideBySide.Row row) {
    Double micros = micros(access, row);
    return micros == null ? "-" : String.format(Locale.ROOT, "%.0f", micros);
  }

  /** What the newest version's manifest says; null for a reference, and where none says it. */
  private static @Nullable Double micros(KafkaAccess access, SideBySide.Row row) {
    if (row.family().equals(EvaluationStore.REFERENCE)) {
      return null;
    }
    Double found = null;
    TopicNames names = new TopicNames(access.topics().prefix(), row.model());
    try (LogFeed feed = KafkaModelLog.feed(access.client(), names)) {
      long end = feed.end();
      List<ModelIndex.AnchorPosition> anchors = feed.index().anchors();
      if (!anchors.isEmpty()) {
        ModelIndex.AnchorPosition newest = anchors.get(anchors.size() - 1);
        found = feed.anchorManifest(newest).facts().metrics().get(LearnerLoop.CPU_MICROS);
        feed.seek(Math.max(feed.beginning(), newest.baseOffset()));
      }
      while (feed.position() < end) {
        for (LogRecord record : feed.poll(POLL)) {
          if (record.entry() instanceof LogEntry.Manifest manifest) {
            Double said = manifest.facts().metrics().get(LearnerLoop.CPU_MICROS);
            found = said == null ? found : said;
          }
        }
      }
    }
    return found;
  }

  private String json(KafkaAccess access, SideBySide.Result result, String first) {
    ObjectNode node = JsonMapper.builder().build().createObjectNode();
    node.put("champion", first).put("from", result.from()).put("to", result.to());
    node.put("confidence", confidence).put("blockMs", block.toMillis());
    ArrayNode models = node.putArray("models");
    for (SideBySide.Row row : result.rows()) {
      ObjectNode model = models.addObject();
      model.put("name", row.model()).put("family", row.family());
      model.put("examples", row.quality().examples()).put("logLoss", row.quality().logLoss());
      model.put("auc", row.quality().auc()).put("gauc", row.quality().gauc());
      model.put("calibration", row.quality().calibration());
      model.put("cpuMicrosPerExample", micros(access, row)).put("drifts", row.drifts());
      model.put("lastDrift", row.lastDrift()).put("promotedAt", row.promotedAt());
      ArrayNode over = model.putArray("logLossOverTime");
      Arrays.stream(row.windows()).forEach(loss -> over.add(finite(loss)));
      Standing standing = row.standing();
      if (standing != null) {
        model
            .putObject("difference")
            .put("mean", standing.mean())
            .put("low", finite(standing.low()))
            .put("high", finite(standing.high()))
            .put("blocks", standing.blocks())
            .put("rows", standing.rows());
      }
    }
    return node.toPrettyString();
  }

  private static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }

  private void promote(KafkaAccess access, SideBySide.Result result) {
    String name = promote;
    if (name == null) {
      return;
    }
    SideBySide.Row best = null;
    for (SideBySide.Row row : result.rows()) {
      Long at = row.promotedAt();
      boolean canServe = !row.family().equals(EvaluationStore.REFERENCE);
      Long bestAt = best == null ? null : best.promotedAt();
      if (canServe && at != null && (bestAt == null || at < bestAt)) {
        best = row;
      }
    }
    if (best == null) {
      say("%s stays: no challenger has been better for %s", name, horizon);
      return;
    }
    ServedNames.point(
        access.client(),
        access.topics().prefix(),
        name,
        best.model(),
        freshet.wallTime().getAsLong());
    say("%s stands for %s", name, best.model());
  }
}
