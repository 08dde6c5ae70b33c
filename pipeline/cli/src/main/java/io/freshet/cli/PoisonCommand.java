package io.freshet.cli;

import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.modellog.Decision;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Lets a learner learn wrong labels, to see its gate at work. */
@Command(
    name = "poison",
    hidden = true,
    description =
        "Lets a running learner learn flipped labels for some rounds, to see what its gate does.")
final class PoisonCommand implements Callable<Integer> {

  private static final int MOST_ROUNDS = 1_000_000;

  @ParentCommand private Freshet freshet;

  @Mixin private KafkaOptions kafka;

  @Parameters(paramLabel = "MODEL", description = "Name of the model.")
  private String model;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "For how many rounds (default: ${DEFAULT-VALUE}).")
  private int rounds = 16;

  @Option(
      names = "--share",
      paramLabel = "P",
      description = "The share of the labels that is flipped (default: ${DEFAULT-VALUE}).")
  private double share = 1;

  @Option(names = "--data", paramLabel = "DIR", description = "The directory of a running demo.")
  private @Nullable Path data;

  @Override
  public Integer call() {
    if (rounds < 0 || rounds > MOST_ROUNDS || !(share >= 0 && share <= 1)) {
      throw new WrongUse(
          "--rounds must be 0 to %d and --share 0 to 1, got %d and %s"
              .formatted(MOST_ROUNDS, rounds, share));
    }
    KafkaAccess access = kafka.access(data);
    FollowCommand.checkModel(access, model);
    Decision decision =
        CommandOutcome.of(
            access,
            FollowCommand.names(access, model),
            io.freshet.modellog.Command.poison(
                UUID.randomUUID().toString(), rounds, share, freshet.wallTime().getAsLong()));
    freshet
        .terminal()
        .say("%s after step %d: %s".formatted(model, decision.at().step(), decision.text()));
    return 0;
  }
}
