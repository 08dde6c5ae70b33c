package io.freshet.cluster;

import io.freshet.cli.kafka.EmbeddedKafka;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A broker as a process of its own. */
final class Broker {

  private Broker() {}

  /**
   * @param args directory and port
   */
  public static void main(String[] args) throws InterruptedException {
    EmbeddedKafka broker = EmbeddedKafka.start(Path.of(args[0]), Integer.parseInt(args[1]));
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
