package io.freshet.cli;

import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.modellog.Command;
import io.freshet.modellog.Decision;
import io.freshet.modellog.KafkaCommands;
import io.freshet.modellog.TopicNames;
import java.time.Duration;

/** Sends a command to a learner, and says what became of it. */
final class CommandOutcome {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private CommandOutcome() {}

  /**
   * @throws CommandFailed if the learner declined it, or none decided in time
   */
  static Decision of(KafkaAccess access, TopicNames names, Command command) {
    Decision decision =
        new KafkaCommands(access.client(), names).send(command, PATIENCE, System::nanoTime);
    if (decision == null) {
      throw new CommandFailed(
          "a learner of %s must run to decide on a command, none did within %d s: it waits for one in %s"
              .formatted(names.model(), PATIENCE.toSeconds(), names.commands()));
    }
    if (decision.kind() == Decision.Kind.DECLINED) {
      throw new CommandFailed(decision.text());
    }
    return decision;
  }
}
