package io.freshet.cli;

import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.modellog.ServedNames;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Lets a served name stand for another model. */
@Command(
    name = "promote",
    description =
        "Lets a served name stand for a model: readers of the name change over as soon as they "
            + "can score with it, without a gap.")
final class PromoteCommand implements Callable<Integer> {

  @ParentCommand private Freshet freshet;

  @Mixin private KafkaOptions kafka;

  @Parameters(paramLabel = "NAME", description = "The served name.")
  private String name;

  @Option(
      names = "--to",
      paramLabel = "MODEL",
      required = true,
      description = "The model that it stands for from now on.")
  private String model;

  @Option(names = "--data", paramLabel = "DIR", description = "The directory of a running demo.")
  private @Nullable Path data;

  @Override
  public Integer call() {
    return kafka.with(data, this::promote);
  }

  private int promote(KafkaAccess access) {
    FollowCommand.names(access, model);
    try {
      ServedNames.point(
          access.client(), access.topics().prefix(), name, model, freshet.wallTime().getAsLong());
    } catch (IllegalArgumentException e) {
      throw new WrongUse("NAME: " + e.getMessage(), e);
    }
    freshet.terminal().say("%s stands for %s".formatted(name, model));
    return 0;
  }
}
