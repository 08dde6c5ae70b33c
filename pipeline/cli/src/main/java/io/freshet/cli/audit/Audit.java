package io.freshet.cli.audit;

import io.freshet.cli.CommandFailed;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.job.input.InputPartitions;
import io.freshet.job.learner.LearnerLoop;
import io.freshet.job.learner.Publication;
import io.freshet.job.replay.SequentialReplay;
import io.freshet.job.timeline.Searches;
import io.freshet.learning.LearnerFamilies;
import io.freshet.learning.LearnerFamily;
import io.freshet.modellog.Decision;
import io.freshet.modellog.KafkaCommands;
import io.freshet.modellog.ModelLog;
import io.freshet.modellog.TopicNames;
import io.freshet.modellog.VersionFacts;
import io.freshet.scoring.feature.HistoryPlan;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettingsJson;
import io.freshet.scoring.settings.ModelsFile;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Rebuilds a version from the event log, without Flink and without the model log, and compares its
 * state hash, and that of every version published before it.
 */
public final class Audit {

  /** How an engine on a GPU says so: djl-pytorch 2.7.1 gpu 0. */
  private static final Pattern ON_GPU = Pattern.compile(" gpu [0-9]+$");

  private final KafkaAccess kafka;
  private final ModelsFile models;
  private final LongConsumer progress;

  /**
   * What was found.
   *
   * @param equal versions that came out with their hash, the audited one among them
   * @param refused refusals that came out as they were written down
   * @param records of the event topics that were read
   */
  public record Result(
      VersionFacts audited, int equal, int refused, long records, long examples, long steps) {}

  /**
   * @param models as the job had them
   * @param progress told now and then how many records have been read
   */
  public Audit(KafkaAccess kafka, ModelsFile models, LongConsumer progress) {
    this.kafka = kafka;
    this.models = models;
    this.progress = progress;
  }

  /**
   * @param wanted which version; the newest of those is audited
   * @throws CommandFailed if the rebuild differs, naming the first step that does, or cannot be
   *     made, naming what is missing
   */
  public Result of(String model, Predicate<VersionFacts> wanted) {
    ModelSettings settings = settings(model);
    List<VersionFacts> versions = upTo(model, wanted);
    VersionFacts audited = versions.get(versions.size() - 1);
    String now = ModelSettingsJson.write(settings);
    if (!now.equals(audited.settings())) {
      throw new CommandFailed(
          "version %s of %s must be rebuilt with its own settings %s, got %s"
              .formatted(audited.version(), model, audited.settings(), now));
    }
    if (ON_GPU.matcher(audited.engine()).find()) {
      throw new CommandFailed(
          "version %s of %s was computed by %s: its bits come out on such a GPU only, and an audit rebuilds on the processor"
              .formatted(audited.version(), model, audited.engine()));
    }
    InputPartitions inputs = new InputPartitions(kafka.topics().events());
    try (EventLog events = new EventLog(kafka, inputs);
        Lesson lesson = lesson(settings, inputs, versions)) {
      List<String> missing = events.missing(audited.lineage());
      if (!missing.isEmpty()) {
        throw new CommandFailed(
            "version %s of %s must be rebuilt from all of its inputs: %s"
                .formatted(audited.version(), model, String.join("; ", missing)));
      }
      return rebuild(settings, events, lesson, audited);
    }
  }

  private Result rebuild(
      ModelSettings settings, EventLog events, Lesson lesson, VersionFacts audited) {
    Comparison comparison = lesson.comparison();
    SequentialReplay replay =
        new SequentialReplay(
            models, Searches.areLearntBy(settings), events.numbers(), lesson::take);
    long[] records = new long[1];
    while (!comparison.isOver()
        && events.read(
            record -> {
              records[0]++;
              replay.take(record);
            })) {
      long whole = replay.walk();
      if (whole != Long.MIN_VALUE) {
        lesson.advance(whole);
      }
      progress.accept(records[0]);
    }
    String difference = comparison.difference();
    if (difference != null) {
      throw new CommandFailed(
          "%s differs from its rebuild first at %s".formatted(settings.name(), difference));
    }
    if (!comparison.isOver()) {
      throw new CommandFailed(
          "the events must lead to step %d of version %s, they end at step %d"
              .formatted(audited.step(), audited.version(), lesson.step()));
    }
    return new Result(
        audited,
        comparison.equal(),
        comparison.refused(),
        records[0],
        lesson.examples(),
        lesson.step());
  }

  private ModelSettings settings(String model) {
    return models.models().stream()
        .filter(candidate -> candidate.name().equals(model))
        .findFirst()
        .orElseThrow(
            () ->
                new CommandFailed(
                    "the models file must declare %s, it has %s"
                        .formatted(
                            model, models.models().stream().map(ModelSettings::name).toList())));
  }

  private List<VersionFacts> upTo(String model, Predicate<VersionFacts> wanted) {
    TopicNames names = new TopicNames(kafka.topics().prefix(), model);
    List<VersionFacts> live = LiveVersions.read(kafka, names);
    for (int i = live.size() - 1; i >= 0; i--) {
      if (wanted.test(live.get(i))) {
        return live.subList(0, i + 1);
      }
    }
    throw new CommandFailed(
        "%s must hold the version that is audited, its %d live versions are %s"
            .formatted(
                names.log(),
                live.size(),
                live.isEmpty()
                    ? "none"
                    : live.get(0).version() + " to " + live.get(live.size() - 1).version()));
  }

  private Lesson lesson(
      ModelSettings settings, InputPartitions inputs, List<VersionFacts> versions) {
    TopicNames names = new TopicNames(kafka.topics().prefix(), settings.name());
    List<Decision> decisions = new KafkaCommands(kafka.client(), names).decisions();
    LearnerFamily family = LearnerFamilies.named(settings.family());
    Comparison comparison = new Comparison(versions, decisions);
    ModelLog log = new RebuiltLog(comparison, decisions, () -> family.emptyState(settings));
    return new Lesson(
        LearnerLoop.repeat(
            settings,
            HistoryPlan.of(models.models()),
            family,
            new Publication.Port(log, everyRound(settings), inputs::nameOf, "audit"),
            evaluation -> {}),
        comparison);
  }

  /** A clock by which every round end is due. */
  private static LongSupplier everyRound(ModelSettings settings) {
    long[] now = new long[1];
    return () -> now[0] += settings.publish().everyMs();
  }
}
