package io.freshet.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows the commands, or what one of them takes. */
@Command(name = "help", description = "Show all commands, or all about one.")
final class HelpCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(arity = "0..1", paramLabel = "COMMAND", description = "The command to explain.")
  private @Nullable String command;

  @Override
  public Integer call() {
    CommandLine root = spec.root().commandLine();
    if (command == null) {
      root.usage(root.getOut());
      return 0;
    }
    CommandLine found = root.getSubcommands().get(command);
    if (found == null) {
      throw new WrongUse(
          "a command must be one of %s, got %s"
              .formatted(String.join(", ", root.getSubcommands().keySet()), command));
    }
    found.usage(root.getOut());
    return 0;
  }
}
