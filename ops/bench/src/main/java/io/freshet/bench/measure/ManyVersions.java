package io.freshet.bench.measure;

import io.freshet.cli.kafka.EmbeddedKafka;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.run.DataDirectory;
import io.freshet.modellog.Cut;
import io.freshet.modellog.KafkaModelLog;
import io.freshet.modellog.TopicNames;
import io.freshet.schema.EventTopics;
import io.freshet.serving.Isolation;
import io.freshet.serving.ModelReader;
import io.freshet.serving.ReaderOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;

/**
 * What a log without end leaves behind: a learner publishes version after version as fast as it
 * can, with a checkpoint every 4 and an anchor every 100, while two readers follow; everything in
 * one process with its Kafka. After every thousand: bytes of the model's topics on disk, the heap
 * after a collection, and the process's resident memory without the heap. Argument: versions.
 */
public final class ManyVersions {

  private static final int ROWS = 5_000;
  private static final int EXAMPLES = 16;
  private static final int CHECKPOINT_EVERY = 4;
  private static final int ANCHOR_EVERY = 100;
  private static final int SAY_EVERY = 1_000;
  private static final int CHECKPOINTS_KEPT = 10;
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final TopicNames NAMES = new TopicNames("", LogBytes.settings().name());

  private final KafkaAccess kafka;
  private final PrintStream out;

  private ManyVersions(KafkaAccess kafka, PrintStream out) {
    this.kafka = kafka;
    this.out = out;
  }

  public static void main(String[] arguments) throws IOException {
    int versions = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10_000;
    try (DataDirectory data = DataDirectory.temporary();
        EmbeddedKafka broker = EmbeddedKafka.start(data.kafka())) {
      KafkaAccess kafka = KafkaAccess.to(broker.brokers(), new EventTopics(""));
      new ManyVersions(kafka, System.out).measure(versions);
    }
    // Kafka leaves threads that would keep the process.
    System.exit(0);
  }

  private ModelReader reader(Isolation isolation) {
    return ModelReader.open(
        ReaderOptions.of(kafka.client(), NAMES.model(), isolation).withFeatures(0, 0));
  }

  private void measure(int versions) throws IOException {
    try (BigLearner big =
        new BigLearner(
            ROWS, KafkaModelLog.open(kafka.client(), NAMES, InstantSource.system(), false))) {
      Deque<Cut> checkpoints = new ArrayDeque<>();
      checkpoints.add(big.checkpoint());
      try (ModelReader one = reader(Isolation.SPECULATIVE);
          ModelReader other = reader(Isolation.COMMITTED)) {
        one.awaitFirst(PATIENCE);
        other.awaitFirst(PATIENCE);
        for (int version = 1; version <= versions; version++) {
          big.learn(EXAMPLES);
          big.publish();
          if (version % ANCHOR_EVERY == 0) {
            big.anchor();
          }
          if (version % CHECKPOINT_EVERY == 0) {
            checkpoints.addLast(big.checkpoint());
            if (checkpoints.size() > CHECKPOINTS_KEPT) {
              checkpoints.removeFirst();
            }
            big.log().release(checkpoints.getFirst());
          }
          if (version % SAY_EVERY == 0) {
            say(version);
          }
        }
        if (one.stats().gaps() > 0 || other.stats().gaps() > 0) {
          throw new IllegalStateException(
              "readers must follow without a gap, one said %s, the other %s"
                  .formatted(one.stats().lastProblem(), other.stats().lastProblem()));
        }
        out.printf(
            "readers swapped %,d and %,d times%n", one.stats().swaps(), other.stats().swaps());
      }
    }
  }

  private void say(int version) throws IOException {
    System.gc();
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    long committed = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted();
    StringBuilder topics = new StringBuilder();
    topicBytes().forEach((topic, bytes) -> topics.append(" %s %.1f".formatted(topic, mb(bytes))));
    out.printf(
        "%,7d versions; MB: heap %.0f, resident without heap %.0f; topics%s%n",
        version, mb(heap), mb(residentBytes() - committed), topics);
  }

  private static double mb(long bytes) {
    return bytes / 1e6;
  }

  private static long residentBytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
      }
    }
    throw new IllegalStateException("this system must say how much memory the process has");
  }

  /** Bytes on disk, by the end of the topic's name. */
  private TreeMap<String, Long> topicBytes() {
    TreeMap<String, Long> bytes = new TreeMap<>();
    try (Admin admin = Admin.create(kafka.properties())) {
      var nodes = admin.describeCluster().nodes().get().stream().map(node -> node.id()).toList();
      admin
          .describeLogDirs(nodes)
          .allDescriptions()
          .get()
          .values()
          .forEach(
              directories ->
                  directories
                      .values()
                      .forEach(
                          directory ->
                              directory
                                  .replicaInfos()
                                  .forEach(
                                      (partition, replica) -> {
                                        String topic = partition.topic();
                                        if (topic.startsWith("models.")) {
                                          bytes.merge(
                                              topic.substring(topic.lastIndexOf('.') + 1),
                                              replica.size(),
                                              Long::sum);
                                        }
                                      })));
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "Kafka must say how large its topics are: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return bytes;
  }
}
