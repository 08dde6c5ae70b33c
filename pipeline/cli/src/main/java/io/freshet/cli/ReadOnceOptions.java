package io.freshet.cli;

import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.serving.Isolation;
import io.freshet.serving.ModelReader;
import io.freshet.serving.ReaderOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which version of which model a command reads once, from where, and how long it waits for it. */
public final class ReadOnceOptions {

  @Mixin private KafkaOptions kafka;

  @Mixin private ReadOptions read;

  @Parameters(
      paramLabel = "MODEL",
      description = "Name of the model, or with --served a served name.")
  private String model;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The directory of a demo, running or not.")
  private @Nullable Path data;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description = "How long to wait for a version (default: ${DEFAULT-VALUE}).")
  private long wait;

  /** Refuses what cannot be meant together. */
  void check() {
    read.check();
  }

  /** Does something with Kafka, where there is such a model or served name. */
  <T> T with(Function<KafkaAccess, T> work) {
    return kafka.with(
        data,
        access -> {
          read.checkThere(access, model);
          return work.apply(access);
        });
  }

  /**
   * Opens a reader that has its first version.
   *
   * @param more what the command wants of it besides
   */
  ModelReader open(KafkaAccess access, Isolation isolation, UnaryOperator<ReaderOptions> more) {
    ModelReader reader =
        read.open(
            more.apply(
                ReaderOptions.of(access.client(), model, isolation)
                    .withPrefix(access.topics().prefix())));
    try {
      reader.awaitFirst(patience());
      return reader;
    } catch (RuntimeException e) {
      reader.close();
      throw e;
    }
  }

  Duration patience() {
    return Duration.ofSeconds(wait);
  }
}
