package io.freshet.cluster;

import io.freshet.cli.kafka.EmbeddedKafka;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A broker as a process of its own. */
final class Broker {

  private Broker() {}

  /** For {@link #main}. */
  static String[] arguments(Path directory, int port, EmbeddedKafka.@Nullable Detour detour) {
    List<String> arguments = new ArrayList<>(List.of(directory.toString(), String.valueOf(port)));
    if (detour != null) {
      arguments.add(String.valueOf(detour.port()));
      arguments.add(String.valueOf(detour.advertised()));
    }
    return arguments.toArray(String[]::new);
  }

  /**
   * @param args directory and port, and those of a second way to the broker where there is one
   */
  public static void main(String[] args) throws InterruptedException {
    EmbeddedKafka.Detour detour =
        args.length < 4
            ? null
            : new EmbeddedKafka.Detour(Integer.parseInt(args[2]), Integer.parseInt(args[3]));
    EmbeddedKafka broker = EmbeddedKafka.start(Path.of(args[0]), Integer.parseInt(args[1]), detour);
    CountDownLatch over = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  broker.close();
                  over.countDown();
                }));
    over.await();
  }
}
