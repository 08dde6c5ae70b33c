package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A command on a thread of its own, until it is interrupted. */
public final class RunningCommand implements AutoCloseable {

  private static final Pattern ADDRESS = Pattern.compile("http://[^ ]+:[0-9]+/");
  private static final Duration PATIENCE = Duration.ofSeconds(150);

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final List<Integer> codes = new ArrayList<>();
  private final Thread thread;

  /** What a test waits for. */
  public interface Condition {
    boolean holds() throws IOException, InterruptedException;
  }

  /** Starts it. */
  public RunningCommand(String... args) {
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    thread =
        new Thread(
            () ->
                codes.add(
                    Freshet.run(
                        new Terminal(out, out, false), InstantSource.system()::millis, args)),
            args[0]);
    thread.start();
  }

  /** Everything so far. */
  public String said() {
    return said.toString(StandardCharsets.UTF_8);
  }

  /** Where it listens, once it has said so. */
  public String address() {
    Matcher[] found = new Matcher[1];
    await(
        () -> {
          found[0] = ADDRESS.matcher(said());
          return found[0].find();
        });
    return found[0].group();
  }

  /** Waits for something that this command brings about; in vain once it has ended without. */
  public void await(Condition condition) {
    await(
        () -> {
          boolean alive = thread.isAlive();
          boolean holds = condition.holds();
          assertThat(holds || alive).as("ended: %s", said()).isTrue();
          return holds;
        },
        this::said);
  }

  /**
   * Waits for something that others bring about.
   *
   * @param said what they have said, for when it does not come
   */
  public static void await(Condition condition, Supplier<String> said) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    try {
      while (!condition.holds()) {
        assertThat(System.nanoTime()).as(said.get()).isLessThan(deadline);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
      }
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(said.get(), e);
    }
  }

  @Override
  public void close() throws InterruptedException {
    thread.interrupt();
    thread.join(TimeUnit.SECONDS.toMillis(60));
    assertThat(thread.isAlive()).as(said()).isFalse();
  }
}
