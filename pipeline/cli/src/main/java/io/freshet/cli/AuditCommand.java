package io.freshet.cli;

import io.freshet.cli.audit.Audit;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.run.DataDirectory;
import io.freshet.scoring.settings.ModelsFile;
import io.freshet.source.Sources;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Rebuilds a version from the events. */
@Command(
    name = "audit",
    description =
        "Rebuilds a version of a model from the event log alone and compares state hashes, its own "
            + "and those of all versions before it. On --data also while no demo runs there.")
final class AuditCommand implements Callable<Integer> {

  @ParentCommand private Freshet freshet;

  @Mixin private KafkaOptions kafka;

  @Parameters(paramLabel = "MODEL", description = "Name of the model.")
  private String model;

  @Option(
      names = "--version",
      paramLabel = "[E:]N",
      converter = WantedVersion.Converter.class,
      description = "The version, with its epoch or without (default: the newest).")
  private @Nullable WantedVersion version;

  @Option(names = "--data", paramLabel = "DIR", description = "The directory of a demo.")
  private @Nullable Path data;

  @Option(
      names = "--models",
      paramLabel = "FILE",
      description = "The models file that the job was started with (default: the demo's).")
  private @Nullable Path models;

  @Option(
      names = "--source",
      paramLabel = "SOURCE",
      description = "What the job's events came from, for times that the models file is silent on.")
  private @Nullable String source;

  @Override
  public Integer call() {
    return kafka.with(data, this::audit);
  }

  private int audit(KafkaAccess access) {
    FollowCommand.checkModel(access, model);
    Audit.Result result =
        new Audit(
                access,
                modelsFile(),
                records ->
                    freshet
                        .terminal()
                        .progress(String.format(Locale.ROOT, "%,d records read", records)))
            .of(model, facts -> version == null || version.is(facts.version()));
    freshet
        .terminal()
        .say(
            String.format(
                Locale.ROOT,
                "%s %s rebuilt from %,d records: %,d examples in %,d steps; its state hash %s came out, and those of %,d versions and %,d refusals before it",
                model,
                result.audited().version(),
                result.records(),
                result.examples(),
                result.steps(),
                result.audited().stateHash(),
                result.equal() - 1,
                result.refused()));
    return 0;
  }

  private ModelsFile modelsFile() {
    DataDirectory.@Nullable Identity identity = data == null ? null : DataDirectory.identity(data);
    String argument = source != null ? source : identity == null ? null : identity.source();
    if (argument == null || (models == null && identity == null)) {
      throw new WrongUse(
          "--data, or --models and --source, must say what the job was started with, got none");
    }
    String text =
        models == null && identity != null
            ? identity.modelsFile()
            : DefaultModels.text(models, argument);
    return DefaultModels.readToLearn(text, Sources.open(argument, 1).defaults());
  }
}
