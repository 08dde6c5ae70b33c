package io.freshet.bench.measure;

import io.freshet.scoring.settings.ModelsFile;
import io.freshet.scoring.state.StateHash;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/**
 * The share of a learner's processor time that goes to hashing its state: the demo's models learn
 * from the simulated shop, gate on, with a version at every round's end and so a hash of everything
 * that changed; the JVM's own sampler looks at the thread a hundred times a second. Arguments:
 * events.
 */
public final class HashingShare {

  private static final long SEED = 1;
  private static final Duration PERIOD = Duration.ofMillis(10);
  private static final List<String> MODELS = List.of("din", "base", "boosted");

  private HashingShare() {}

  public static void main(String[] arguments) throws IOException {
    long events = arguments.length > 0 ? Long.parseLong(arguments[0]) : 120_000;
    for (String model : MODELS) {
      ModelsFile models = ShopJob.only(model, SEED);
      LearnerAlone.publishing(ShopJob.source(SEED), events / 4, models); // warms up
      measure(model, models, events, System.out);
    }
  }

  private static void measure(String model, ModelsFile models, long events, PrintStream out)
      throws IOException {
    Path file = Files.createTempFile("hashing", ".jfr");
    try (Recording recording = new Recording()) {
      recording.enable("jdk.ExecutionSample").withPeriod(PERIOD);
      recording.start();
      LearnerAlone.Speed speed = LearnerAlone.publishing(ShopJob.source(SEED), events, models);
      recording.stop();
      recording.dump(file);
      long[] counts = samples(file);
      out.printf(
          "%-8s %,d examples, %.1f us of CPU each: %d of %d samples of its thread are in the hash of its state, %.2f %%%n",
          model,
          speed.examples(),
          1e3 * speed.cpuMs(),
          counts[1],
          counts[0],
          100.0 * counts[1] / counts[0]);
    } finally {
      Files.delete(file);
    }
  }

  /** Of this thread while it learns: all, and those that hash. */
  private static long[] samples(Path file) {
    long[] counts = new long[2];
    try (RecordingFile recorded = new RecordingFile(file)) {
      while (recorded.hasMoreEvents()) {
        RecordedEvent event = recorded.readEvent();
        if (event.getStackTrace() == null || !within(event, LearnerAlone.class, "learn")) {
          continue;
        }
        counts[0]++;
        counts[1] += within(event, StateHash.class, "") ? 1 : 0;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("what the JVM recorded must be readable", e);
    }
    return counts;
  }

  private static boolean within(RecordedEvent event, Class<?> type, String method) {
    for (RecordedFrame frame : event.getStackTrace().getFrames()) {
      if (frame.getMethod().getType().getName().equals(type.getName())
          && frame.getMethod().getName().startsWith(method)) {
        return true;
      }
    }
    return false;
  }
}
