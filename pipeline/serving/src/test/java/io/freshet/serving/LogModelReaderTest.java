package io.freshet.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.freshet.modellog.BrokenLog;
import io.freshet.modellog.InMemoryModelLog;
import io.freshet.modellog.LogFeed;
import io.freshet.modellog.ScriptedLearner;
import io.freshet.modellog.Version;
import io.freshet.scoring.feature.EncodedExample;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class LogModelReaderTest {

  private static final Duration LONG = Duration.ofSeconds(20);
  private static final ReaderOptions OPTIONS =
      ReaderOptions.of(Map.of(), "din", Isolation.SPECULATIVE).withFeatures(0, 0);

  private final InMemoryModelLog log = new InMemoryModelLog("din", () -> Instant.EPOCH);
  private final ScriptedLearner learner = new ScriptedLearner(log.open()).claim();
  private final BlockingQueue<Swap> swaps = new ArrayBlockingQueue<>(10_000);

  private ModelReader open(ReaderOptions options, Supplier<LogFeed> feeds) {
    ModelReader reader = LogModelReader.open(options, feeds, json -> new UniformModel(), null);
    reader.onSwap(swaps::add);
    return reader;
  }

  private ModelReader open(ReaderOptions options) {
    return open(options, log::feed);
  }

  private void awaitNumber(long number) throws InterruptedException {
    Swap swap;
    do {
      swap = swaps.poll(20, TimeUnit.SECONDS);
      assertThat(swap).as("version %d must be served in time", number).isNotNull();
    } while (java.util.Objects.requireNonNull(swap).facts().version().number() < number);
  }

  @Test
  void scorersNeverSeeAMixtureOfVersionsWhileSwapsStorm() throws Exception {
    int versions = 400;
    learner.publish(1);
    AtomicBoolean done = new AtomicBoolean();
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try (ModelReader reader = open(OPTIONS)) {
      reader.awaitFirst(LONG);
      List<Future<Long>> scoring = new ArrayList<>();
      Callable<Long> score =
          () -> {
            long calls = 0;
            long last = 0;
            while (!done.get()) {
              Scores scores = reader.scorer().score(List.of(UniformModel.ANY, UniformModel.ANY));
              float expected = scores.version().number();
              assertThat(scores.of(0)).isEqualTo(expected);
              assertThat(scores.of(1)).isEqualTo(expected);
              assertThat(scores.version().number()).isGreaterThanOrEqualTo(last);
              last = scores.version().number();
              assertThat(reader.<Boolean>read(LogModelReaderTest::isWhole)).isTrue();
              calls++;
            }
            return calls;
          };
      for (int i = 0; i < 3; i++) {
        scoring.add(threads.submit(score));
      }
      for (int value = 2; value <= versions; value++) {
        learner.publish(value);
      }
      awaitNumber(versions);
      done.set(true);
      for (Future<Long> each : scoring) {
        assertThat(each.get(20, TimeUnit.SECONDS)).isPositive();
      }
      assertThat(reader.stats().swaps()).isEqualTo(versions);
      assertThat(reader.stats().gaps()).isZero();
      assertThat(reader.matches()).isTrue();
    } finally {
      done.set(true);
      threads.shutdownNow();
    }
  }

  /** Whether a version's state and its scorer both have what that version learnt. */
  private static boolean isWhole(Served served) {
    EncodedExample any = new UniformModel().encode(UniformModel.any())[0];
    float learnt = served.facts().version().number();
    return served.state().tensor("bias").data()[0] == learnt
        && served.scorer().logit(any) == learnt;
  }

  @Test
  void tellsOfAVersionWhileTheOneBeforeIsStillServed() throws Exception {
    learner.publish(1);
    BlockingQueue<List<Long>> met = new ArrayBlockingQueue<>(10);
    try (ModelReader reader = open(OPTIONS)) {
      reader.awaitFirst(LONG);
      reader.beforeSwap(
          next ->
              met.add(
                  List.of(
                      reader.<Long>read(served -> served.facts().version().number()),
                      next.facts().version().number(),
                      isWhole(next) ? 1L : 0L)));
      reader.beforeSwap(
          next -> {
            throw new IllegalStateException("a user's own mistake");
          });
      learner.publish(2);
      learner.publish(3);
      awaitNumber(3);

      assertThat(met).containsExactly(List.of(1L, 2L, 1L), List.of(2L, 3L, 1L));
    }
  }

  @Test
  void saysWhichVersionScoredAndHowStaleItIs() {
    learner.publish(7);
    try (ModelReader reader = open(OPTIONS.withSourceClock(() -> 1_007))) {
      assertThat(reader.awaitFirst(LONG)).isEqualTo(new Version(1, 1));
      Scores scores = reader.scorer().score("u", List.of("a", "b", "c"));

      assertThat(scores.version()).isEqualTo(new Version(1, 1));
      assertThat(scores.staleness()).isEqualTo(Duration.ofMillis(1_000));
      assertThat(scores.size()).isEqualTo(3);
      assertThat(scores.of(2)).isEqualTo(7);
    }
  }

  @Test
  void refusesToScoreBeyondTheStalenessLimit() {
    learner.publish(7);
    ReaderOptions strict =
        OPTIONS.withSourceClock(() -> 1_008).withStalenessLimit(Duration.ofMillis(1_000));
    try (ModelReader reader = open(strict)) {
      reader.awaitFirst(LONG);

      assertThatExceptionOfType(StaleModel.class)
          .isThrownBy(() -> reader.scorer().score(UniformModel.any()))
          .withMessageContaining("1:1 is 1001 ms behind");
      assertThatExceptionOfType(StaleModel.class).isThrownBy(() -> reader.read(Served::facts));
      assertThat(reader.stats().staleRefused()).isEqualTo(2);
    }
  }

  @Test
  void beyondTheStalenessLimitTheDeclaredDefaultAnswersVisibly() {
    learner.publish(7);
    AtomicLong now = new AtomicLong(1_007);
    ReaderOptions lenient =
        OPTIONS.withSourceClock(now::get).withStaleDefault(Duration.ofMillis(1_000), 0.02);
    try (ModelReader reader = open(lenient)) {
      reader.awaitFirst(LONG);
      Scores fresh = reader.scorer().score("u", List.of("a", "b"));
      now.set(1_008);
      Scores stale = reader.scorer().score("u", List.of("a", "b"));

      assertThat(fresh.isDefault()).isFalse();
      assertThat(fresh.of(1)).isEqualTo(7);
      assertThat(stale.isDefault()).isTrue();
      assertThat(stale.version()).isEqualTo(new Version(1, 1));
      assertThat(stale.staleness()).isEqualTo(Duration.ofMillis(1_001));
      assertThat(stale.probabilities()).containsExactly(0.02f, 0.02f);
      assertThat(stale.logits()[0]).isCloseTo(-3.8918f, within(1e-4f));
      assertThat(reader.stats().staleDefaulted()).isEqualTo(1);
      assertThat(reader.stats().staleRefused()).isZero();
    }
  }

  @Test
  void theDefaultMayDependOnTheCandidate() {
    learner.publish(7);
    ReaderOptions lenient =
        OPTIONS
            .withSourceClock(() -> 5_000)
            .withStaleDefault(
                Duration.ofMillis(1_000), candidate -> candidate.itemId().equals("a") ? 0.1 : 0.01);
    try (ModelReader reader = open(lenient)) {
      reader.awaitFirst(LONG);

      assertThat(reader.scorer().score("u", List.of("a", "b")).probabilities())
          .containsExactly(0.1f, 0.01f);
    }
  }

  @Test
  void whatAReaderWasOpenedForAndIsGoneIsSaidAtOnce() {
    learner.publish(5);
    learner.publish(6);
    ReaderOptions past = OPTIONS.withTarget(Target.learntUpTo(Instant.ofEpochMilli(4)));
    try (ModelReader reader = open(past)) {
      assertThatExceptionOfType(NoVersion.class)
          .isThrownBy(() -> reader.awaitFirst(Duration.ofDays(1)))
          .withMessageContaining("learnt up to 1970-01-01T00:00:00.004Z")
          .withMessageContaining("the oldest that can be reached is the chain's first");
    }
  }

  @Test
  void withoutAVersionItSaysWhatItMet() {
    Supplier<LogFeed> broken =
        () -> {
          throw new BrokenLog("brokers at nowhere must answer");
        };
    try (ModelReader reader = open(OPTIONS, broken)) {
      assertThatExceptionOfType(NoVersion.class)
          .isThrownBy(() -> reader.awaitFirst(Duration.ofMillis(500)))
          .withMessageContaining("models.din.log")
          .withMessageContaining("brokers at nowhere must answer");
      assertThat(reader.matches()).isFalse();
    }
  }

  @Test
  void goesOnServingWhileTheTransportFailsAndFollowsAgainAfterwards() throws Exception {
    learner.publish(1);
    AtomicInteger opened = new AtomicInteger();
    AtomicBoolean failing = new AtomicBoolean();
    Supplier<LogFeed> flaky =
        () -> {
          opened.incrementAndGet();
          return new FailingFeed(log.feed(), failing);
        };
    try (ModelReader reader = open(OPTIONS, flaky)) {
      reader.awaitFirst(LONG);
      failing.set(true);
      learner.publish(2);
      assertThat(reader.scorer().score(UniformModel.any()).version().number()).isIn(1L, 2L);
      failing.set(false);
      learner.publish(3);
      awaitNumber(3);

      assertThat(reader.scorer().score(UniformModel.any()).of(0)).isEqualTo(3);
      assertThat(reader.matches()).isTrue();
    }
  }

  @Test
  void aCallbackThatThrowsDoesNotStopTheReader() throws Exception {
    try (ModelReader reader =
        LogModelReader.open(OPTIONS, log::feed, json -> new UniformModel(), null)) {
      reader.onSwap(
          swap -> {
            throw new IllegalStateException("a user's own mistake");
          });
      reader.onSwap(swaps::add);
      learner.publish(1);
      learner.publish(2);
      awaitNumber(2);

      assertThat(reader.scorer().score(UniformModel.any()).of(0)).isEqualTo(2);
    }
  }

  @Test
  void itsThreadEndsWithIt() {
    learner.publish(1);
    ModelReader reader = open(OPTIONS);
    reader.awaitFirst(LONG);
    reader.close();

    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().equals("freshet-reader-din") && thread.isAlive());
  }
}
