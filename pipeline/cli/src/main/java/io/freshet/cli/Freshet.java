package io.freshet.cli;

import io.freshet.modellog.BrokenLog;
import io.freshet.scoring.settings.InvalidSettings;
import io.freshet.serving.NoVersion;
import io.freshet.source.InvalidSource;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.function.LongSupplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command line. Exit codes: 0 done, 1 failed, 2 wrong use. */
@Command(
    name = "freshet",
    description = "Keeps models learning while the stream flows, and serves them a second old.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DemoCommand.class,
      TrainCommand.class,
      ReplayCommand.class,
      CollectCommand.class,
      ServeCommand.class,
      ScoreCommand.class,
      FollowCommand.class,
      InspectCommand.class,
      CompareCommand.class,
      PromoteCommand.class,
      RollbackCommand.class,
      PoisonCommand.class,
      AuditCommand.class,
      ExportCommand.class,
      HelpCommand.class
    },
    footer = {"", "freshet COMMAND --help says all there is of a command."})
public final class Freshet implements Runnable {

  private static final int FAILED = 1;
  private static final int WRONG_USE = 2;

  private final Terminal terminal;
  private final LongSupplier wallTime;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show stack traces, and the log of Kafka and Flink.")
  private boolean verbose;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help.")
  private boolean help;

  Freshet(Terminal terminal, LongSupplier wallTime) {
    this.terminal = terminal;
    this.wallTime = wallTime;
  }

  public static void main(String[] args) {
    if (List.of(args).contains("--verbose")) {
      // Read by log4j2.xml, which nothing has loaded yet.
      System.setProperty("freshet.log", "DEBUG");
      System.setProperty("freshet.log.libraries", "INFO");
    }
    System.exit(run(Terminal.system(), InstantSource.system()::millis, args));
  }

  /** Runs one command and says with which exit code the process should end. */
  public static int run(Terminal terminal, LongSupplier wallTime, String... args) {
    Freshet freshet = new Freshet(terminal, wallTime);
    CommandLine commands = new CommandLine(freshet);
    commands.setCaseInsensitiveEnumValuesAllowed(true);
    commands.setUsageHelpWidth(110);
    commands.setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8));
    commands.setParameterExceptionHandler(
        (e, unparsed) -> {
          freshet.explain(e);
          return WRONG_USE;
        });
    commands.setExecutionExceptionHandler(
        (e, command, parsed) -> {
          freshet.explain(e);
          return isWrongUse(e) ? WRONG_USE : FAILED;
        });
    return commands.execute(args);
  }

  private static boolean isWrongUse(Exception e) {
    return e instanceof WrongUse || e instanceof InvalidSettings || e instanceof InvalidSource;
  }

  private void explain(Exception e) {
    boolean ours =
        isWrongUse(e)
            || e instanceof CommandFailed
            || e instanceof BrokenLog
            || e instanceof NoVersion
            || e instanceof CommandLine.ParameterException;
    String message = ours ? String.valueOf(e.getMessage()) : Causes.of(e);
    terminal.note("freshet: " + message.replaceAll("\\s*\\R\\s*", "; "));
    if (verbose) {
      java.io.StringWriter trace = new java.io.StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      terminal.note(trace.toString());
    }
  }

  Terminal terminal() {
    return terminal;
  }

  LongSupplier wallTime() {
    return wallTime;
  }

  @Override
  public void run() {
    throw new WrongUse("a command must be given, see freshet --help");
  }
}
