package io.freshet.bench.measure;

import io.freshet.cli.feed.Feeder;
import io.freshet.job.learner.RoundMetrics;
import io.freshet.serving.Isolation;
import io.freshet.serving.ModelReader;
import io.freshet.serving.ReaderOptions;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/**
 * How long the gate holds a version back: wall time from a round's end to its verdict, as versions
 * say. The demo's DIN learns from the simulated shop, event time running as wall time, first at a
 * rate that fills batches, then where traffic is thin. Arguments: events a second, seconds.
 */
public final class GateDelay {

  private static final String MODEL = "din";
  private static final long SEED = 1;
  private static final int CATALOGUE_SECONDS = 8;

  private GateDelay() {}

  public static void main(String[] arguments) {
    int perSecond = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1_500;
    int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 30;
    measure(perSecond, seconds);
    // Kafka and Flink leave threads that would keep the process.
    System.exit(0);
  }

  private static void measure(int perSecond, int seconds) {
    try (ShopJob shop = ShopJob.start(ShopJob.only(MODEL, SEED), SEED, perSecond)) {
      shop.feed(OptionalLong.empty(), perSecond, Feeder.Gate.OPEN, event -> {});
      LockSupport.parkNanos(CATALOGUE_SECONDS * 1_000_000_000L);
      Followed.awaitVersion(shop.kafka(), MODEL);
      List<Double> delays = new CopyOnWriteArrayList<>();
      try (ModelReader reader =
          ModelReader.open(
              ReaderOptions.of(shop.kafka().client(), MODEL, Isolation.SPECULATIVE)
                  .withFeatures(0, 0))) {
        reader.onSwap(
            swap -> {
              if (!swap.rebuilt()) {
                delays.add(swap.facts().metrics().getOrDefault(RoundMetrics.DELAY_MILLIS, 0.0));
              }
            });
        LockSupport.parkNanos(seconds * 1_000_000_000L);
      }
      shop.requireRunning();
      List<Double> sorted = delays.stream().sorted().toList();
      System.out.printf(
          "%,d events/s: round's end to verdict, of %d versions: p50 %.0f ms, p99 %.0f ms, most %.0f ms%n",
          perSecond,
          sorted.size(),
          sorted.get(sorted.size() / 2),
          sorted.get((int) (sorted.size() * 0.99)),
          sorted.get(sorted.size() - 1));
    }
  }
}
