package io.freshet.serving;

import io.freshet.modellog.BrokenLog;
import io.freshet.modellog.ServedNames;
import io.freshet.modellog.Version;
import io.freshet.scoring.feature.Instance;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Serves whatever model a name stands for. When the name is promoted to another model, that one is
 * followed beside the present one until it can be scored with; then it takes over. There is no
 * moment without a scorer.
 */
final class ServedNameReader implements ModelReader {

  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration FIRST_VERSION = Duration.ofMillis(200);
  private static final Duration RETRY = Duration.ofMillis(200);

  private final String name;
  private final Supplier<ServedNames> names;
  private final Function<String, ModelReader> readers;
  private final List<Consumer<Served>> beforeCallbacks = new CopyOnWriteArrayList<>();
  private final List<Consumer<Swap>> swapCallbacks = new CopyOnWriteArrayList<>();
  private final List<Consumer<Refusal>> refusalCallbacks = new CopyOnWriteArrayList<>();
  private final Life life = new Life();
  private final Thread thread;

  private volatile @Nullable Serving serving;

  // Guarded by life.
  private String problem;

  private record Serving(String model, ModelReader reader) {}

  /**
   * @param readers opens a reader of a model
   */
  static ServedNameReader open(
      String name, Supplier<ServedNames> names, Function<String, ModelReader> readers) {
    ServedNameReader reader = new ServedNameReader(name, names, readers);
    reader.thread.start();
    return reader;
  }

  private ServedNameReader(
      String name, Supplier<ServedNames> names, Function<String, ModelReader> readers) {
    this.name = name;
    this.names = names;
    this.readers = readers;
    this.problem = "no such name has been promoted so far";
    this.thread = new Thread(this::run, "freshet-served-" + name);
    this.thread.setDaemon(true);
  }

  private void run() {
    while (life.isOpen()) {
      try (ServedNames known = names.get()) {
        while (life.isOpen()) {
          known.refresh(POLL);
          ServedNames.Target target = known.targets().get(name);
          Serving present = serving;
          if (target != null && (present == null || !present.model().equals(target.model()))) {
            takeOver(target.model(), known);
          }
        }
      } catch (BrokenLog | KafkaException e) {
        // Whatever is served stays; the name is looked up again.
        met(String.valueOf(e.getMessage()));
        life.pause(RETRY);
      }
    }
  }

  /** Waits for the model's first version, unless the name is promoted elsewhere meanwhile. */
  private void takeOver(String model, ServedNames known) {
    ModelReader next = readers.apply(model);
    AtomicReference<@Nullable Swap> newest = new AtomicReference<>();
    next.onSwap(newest::set);
    boolean ready = false;
    try {
      while (!ready && life.isOpen()) {
        try {
          next.awaitFirst(FIRST_VERSION);
          ready = true;
        } catch (NoVersion e) {
          met(String.valueOf(e.getMessage()));
          known.refresh(Duration.ZERO);
          ServedNames.Target target = known.targets().get(name);
          if (target == null || !target.model().equals(model)) {
            return;
          }
        }
      }
      if (ready) {
        serve(model, next, newest);
      }
    } finally {
      if (!ready) {
        next.close();
      }
    }
  }

  /**
   * @param newest what the model's reader swapped in last, which becomes what the name serves
   */
  private void serve(String model, ModelReader next, AtomicReference<@Nullable Swap> newest) {
    announce(next);
    next.beforeSwap(served -> call(beforeCallbacks, served));
    next.onSwap(swap -> call(swapCallbacks, swap));
    next.onRefusal(refusal -> call(refusalCallbacks, refusal));
    Serving before = serving;
    life.change(() -> serving = new Serving(model, next));
    Swap first = newest.get();
    if (first != null) {
      call(swapCallbacks, first);
    }
    if (before != null) {
      before.reader().close();
    }
  }

  private void announce(ModelReader next) {
    if (beforeCallbacks.isEmpty()) {
      return;
    }
    try {
      next.read(
          served -> {
            call(beforeCallbacks, served);
            return served.facts();
          });
    } catch (StaleModel e) {
      met(String.valueOf(e.getMessage()));
    }
  }

  private static <T> void call(List<Consumer<T>> callbacks, T event) {
    callbacks.forEach(callback -> callback.accept(event));
  }

  private void met(String what) {
    life.change(() -> problem = what);
  }

  private ModelReader reader() {
    Serving present = serving;
    if (present == null) {
      throw new NoVersion(whyNone());
    }
    return present.reader();
  }

  private String whyNone() {
    return "the served name %s must stand for a model that has a version; %s"
        .formatted(name, life.see(() -> problem));
  }

  @Override
  public String model() {
    Serving present = serving;
    if (present == null) {
      throw new NoVersion(whyNone());
    }
    return present.model();
  }

  @Override
  public Scorer scorer() {
    return new Scorer() {
      @Override
      public Scores score(List<Instance> instances, Effort effort) {
        return reader().scorer().score(instances, effort);
      }

      @Override
      public Scores score(
          String userId, List<String> itemIds, Map<String, Object> context, Effort effort) {
        return reader().scorer().score(userId, itemIds, context, effort);
      }
    };
  }

  @Override
  public <T> T read(Function<Served, T> work) {
    return reader().read(work);
  }

  @Override
  public Version awaitFirst(Duration timeout) {
    Duration left;
    try {
      left = life.await(() -> serving != null, timeout);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NoVersion("interrupted while waiting for the served name " + name);
    }
    if (left.isNegative()) {
      throw new NoVersion(whyNone());
    }
    return reader().awaitFirst(left);
  }

  @Override
  public void beforeSwap(Consumer<Served> callback) {
    beforeCallbacks.add(callback);
  }

  @Override
  public void onSwap(Consumer<Swap> callback) {
    swapCallbacks.add(callback);
  }

  @Override
  public void onRefusal(Consumer<Refusal> callback) {
    refusalCallbacks.add(callback);
  }

  @Override
  public boolean matches() {
    Serving present = serving;
    return present != null && present.reader().matches();
  }

  @Override
  public Duration staleness() {
    return reader().staleness();
  }

  @Override
  public ReaderStats stats() {
    return reader().stats();
  }

  @Override
  public void close() {
    life.end(thread);
    Serving present = serving;
    if (present != null) {
      present.reader().close();
    }
  }
}
