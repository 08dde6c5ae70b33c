package io.freshet.cli;

import io.freshet.cli.export.VersionFiles;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.serving.Isolation;
import io.freshet.serving.ModelReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Writes a version as files for other tools. */
@Command(
    name = "export",
    description =
        "Writes a version, the freshest or the one that is asked for, as safetensors files and "
            + "JSON, once its state hash came out of this process's own memory.")
final class ExportCommand implements Callable<Integer> {

  @ParentCommand private Freshet freshet;

  @Mixin private ReadOnceOptions read;

  @Option(
      names = "--to",
      paramLabel = "DIR",
      required = true,
      description = "Where the files go: a new or an empty directory.")
  private Path to;

  @Option(
      names = "--isolation",
      paramLabel = "LEVEL",
      description = "speculative or committed versions (default: committed).")
  private Isolation isolation = Isolation.COMMITTED;

  @Override
  public Integer call() throws IOException {
    read.check();
    if (!VersionFiles.isFree(to)) {
      throw new WrongUse("--to must be a new or an empty directory, got " + to);
    }
    return read.with(this::export);
  }

  private int export(KafkaAccess access) {
    try (ModelReader reader = read.open(access, isolation, options -> options.withFeatures(0, 0))) {
      // A copy, so that following does not wait for a disk.
      VersionFiles files =
          reader.read(
              served -> new VersionFiles(reader.model(), served.facts(), served.state().copy()));
      long bytes = files.write(to);
      freshet
          .terminal()
          .say(
              String.format(
                  Locale.ROOT,
                  "%s version %s in %s: %,d bytes, verified %s",
                  reader.model(),
                  files.facts().version(),
                  to,
                  bytes,
                  files.facts().stateHash()));
      return 0;
    } catch (IOException e) {
      throw new CommandFailed("%s must be writable: %s".formatted(to, e.getMessage()), e);
    }
  }
}
