package io.freshet.bench.measure;

import io.freshet.cli.DefaultModels;
import io.freshet.cli.kafka.EmbeddedKafka;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.run.DataDirectory;
import io.freshet.modellog.KafkaModelLog;
import io.freshet.modellog.ModelLog;
import io.freshet.modellog.TopicNames;
import io.freshet.modellog.Version;
import io.freshet.schema.EventTopics;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.state.HashValue;
import io.freshet.search.Bm25;
import io.freshet.search.Catalogue;
import io.freshet.search.Found;
import io.freshet.search.Searcher;
import io.freshet.serving.Isolation;
import io.freshet.serving.ModelReader;
import io.freshet.serving.ReaderOptions;
import io.freshet.source.Source;
import io.freshet.source.search.Chorus;
import io.freshet.source.search.SearchCollection;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * How long a whole query takes (Lucene, reading the query, ordering the best 100, the reasons of
 * ten) while versions of a model that learns are swapped every second, by a Kafka of this process:
 * chorus' products, its queries one after the other from one thread, and the default model, whose
 * document side changes every 8 versions.
 */
public final class QueryLatency {

  private static final int SHOWN = 10;
  private static final int WARM_UP_SECONDS = 20;
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final TopicNames NAMES = new TopicNames("", "colbert");

  private final SearchCollection collection;
  private final ModelSettings settings;
  private final PrintStream out;

  private QueryLatency(SearchCollection collection, ModelSettings settings, PrintStream out) {
    this.collection = collection;
    this.settings = settings;
    this.out = out;
  }

  /**
   * @param arguments the folder of collections, seconds (60)
   */
  public static void main(String[] arguments) throws Exception {
    Path data = Path.of(arguments[0]);
    int seconds = arguments.length < 2 ? 60 : Integer.parseInt(arguments[1]);
    SearchCollection collection = Chorus.read(data.resolve("chorus-electronics/products.tsv.xz"));
    ModelSettings settings =
        DefaultModels.read(
                DefaultModels.text(null, collection.name()),
                new Source.StreamDefaults(100, 60_000, 3_600_000))
            .models()
            .stream()
            .filter(model -> model.name().equals(NAMES.model()))
            .findFirst()
            .orElseThrow();
    try (DataDirectory directory = DataDirectory.temporary();
        EmbeddedKafka broker = EmbeddedKafka.start(directory.kafka())) {
      new QueryLatency(collection, settings, System.out)
          .measure(KafkaAccess.to(broker.brokers(), new EventTopics("")), seconds);
    }
    // Kafka leaves threads that would keep the process.
    System.exit(0);
  }

  private void measure(KafkaAccess kafka, int seconds) throws Exception {
    ScheduledExecutorService everySecond = Executors.newSingleThreadScheduledExecutor();
    try (ModelLog log = KafkaModelLog.open(kafka.client(), NAMES, InstantSource.system(), false);
        SearchLesson lesson = new SearchLesson(settings, collection);
        Catalogue catalogue = new Catalogue(Bm25.DEFAULT, List.of(Catalogue.TEXT))) {
      collection
          .documents()
          .forEach(each -> catalogue.put(each.id(), 0, each.attributes(), each.text()));
      catalogue.refresh();
      long epoch = log.claim(null, HashValue.EMPTY);
      lesson.publish(log, epoch);
      try (ModelReader reader =
              ModelReader.open(
                  ReaderOptions.of(kafka.client(), NAMES.model(), Isolation.SPECULATIVE)
                      .withFeatures(0, 0));
          Searcher searcher = Searcher.open(reader, catalogue)) {
        reader.awaitFirst(PATIENCE);
        Future<?> publishing =
            everySecond.scheduleAtFixedRate(
                () -> {
                  lesson.round();
                  lesson.publish(log, epoch);
                },
                0,
                1,
                TimeUnit.SECONDS);
        new Phase(searcher).run(WARM_UP_SECONDS);
        long swaps = reader.stats().swaps();
        Phase phase = new Phase(searcher);
        phase.run(seconds);
        if (publishing.isDone()) {
          publishing.get();
        }
        phase.print(reader.stats().swaps() - swaps);
      }
    } finally {
      everySecond.shutdownNow();
    }
  }

  /** Queries one after the other. */
  private final class Phase {

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final Searcher searcher;
    private final Set<Version> versions =
        new TreeSet<>(java.util.Comparator.comparing(Version::number));
    private final Set<Long> generations = new TreeSet<>();
    private long[] wall = new long[1 << 16];
    private long[] cpu = new long[1 << 16];
    private int count;
    private long candidates;

    Phase(Searcher searcher) {
      this.searcher = searcher;
    }

    void run(int seconds) {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
      int queries = collection.queries().size();
      while (System.nanoTime() < end) {
        if (count == wall.length) {
          wall = Arrays.copyOf(wall, 2 * count);
          cpu = Arrays.copyOf(cpu, 2 * count);
        }
        String query = collection.queries().get(count % queries).text();
        long cpuBefore = threads.getCurrentThreadCpuTime();
        long before = System.nanoTime();
        Found found = searcher.search(query, SHOWN, 1);
        wall[count] = System.nanoTime() - before;
        cpu[count] = threads.getCurrentThreadCpuTime() - cpuBefore;
        count++;
        candidates += found.candidates();
        versions.add(found.version());
        generations.add(found.generation());
      }
    }

    void print(long swaps) {
      out.printf(
          "%,d documents, %,d queries of %d, %.1f candidates each; %d swaps meanwhile, searched with %d versions of %d generations%n",
          collection.documents().size(),
          count,
          collection.queries().size(),
          (double) candidates / count,
          swaps,
          versions.size(),
          generations.size());
      print("wall time", wall);
      print("processor time", cpu);
    }

    private void print(String what, long[] nanos) {
      long[] sorted = Arrays.copyOf(nanos, count);
      Arrays.sort(sorted);
      out.printf(
          "%-15s p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms, most %.2f ms%n",
          what,
          sorted[count / 2] / 1e6,
          sorted[(int) (count * 0.99)] / 1e6,
          sorted[(int) (count * 0.999)] / 1e6,
          sorted[count - 1] / 1e6);
    }
  }
}
