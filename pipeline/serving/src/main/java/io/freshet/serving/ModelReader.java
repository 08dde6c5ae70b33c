package io.freshet.serving;

import io.freshet.modellog.ServedNames;
import io.freshet.modellog.Version;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Follows one model's log and serves its freshest version whose state hash came out of this
 * process's own memory. Safe for any number of threads.
 */
public interface ModelReader extends AutoCloseable {

  /**
   * Begins to read, at once and in the background. Options other than these: {@link
   * #open(ReaderOptions)}.
   */
  static ModelReader open(Map<String, ?> kafka, String model, Isolation isolation) {
    return open(ReaderOptions.of(kafka, model, isolation));
  }

  /** As {@link #open(Map, String, Isolation)}. */
  static ModelReader open(Properties kafka, String model, Isolation isolation) {
    Map<String, Object> settings = new HashMap<>();
    kafka.stringPropertyNames().forEach(name -> settings.put(name, kafka.getProperty(name)));
    return open(settings, model, isolation);
  }

  static ModelReader open(ReaderOptions options) {
    return LogModelReader.open(options);
  }

  /**
   * Follows whatever model the served name {@code options.names().model()} stands for, and changes
   * over without a gap when the name is promoted to another one.
   */
  static ModelReader openServed(ReaderOptions options) {
    return ServedNameReader.open(
        options.names().model(),
        () -> ServedNames.open(options.kafka(), options.names().prefix()),
        model -> open(options.withModel(model)));
  }

  /**
   * The model that is served.
   *
   * @throws NoVersion while a served name stands for none that has a version
   */
  String model();

  /** Scores with the freshest verified version there is at each call. */
  Scorer scorer();

  /**
   * Does something with the freshest verified version: all of it with that one, which does not
   * change meanwhile. Following waits for who reads what was left, so this should be short.
   *
   * @throws NoVersion before the first version
   * @throws StaleModel beyond the staleness limit
   */
  <T> T read(Function<Served, T> work);

  /**
   * Waits for the first version, and for the features of users and items as of now where they are
   * looked up.
   *
   * @return the version that is served then
   * @throws NoVersion if there is none by then, saying what was met; at once if what the reader was
   *     opened for is gone, saying what can still be reached
   */
  Version awaitFirst(Duration timeout);

  /**
   * Calls back before every swap with the version that is about to be served, while the one before
   * still is; on the reader's thread: following waits meanwhile, scoring does not.
   */
  void beforeSwap(Consumer<Served> callback);

  /**
   * Calls back after every swap, on the reader's thread: following waits meanwhile, scoring does
   * not.
   */
  void onSwap(Consumer<Swap> callback);

  /** Calls back after everything that was refused, on the reader's thread. */
  void onRefusal(Consumer<Refusal> callback);

  /**
   * Computes the hash of the whole served state anew and compares it with the manifest's; false
   * without a version.
   */
  boolean matches();

  /**
   * Source clock minus the event time up to which the served version has learnt; {@link NoVersion}
   * before the first.
   */
  Duration staleness();

  ReaderStats stats();

  @Override
  void close();
}
