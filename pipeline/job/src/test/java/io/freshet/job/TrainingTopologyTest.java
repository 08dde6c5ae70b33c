package io.freshet.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.input.Decoded;
import io.freshet.job.input.DecodedSerializer;
import io.freshet.job.input.InputRecord;
import io.freshet.job.learner.LearnerLoop;
import io.freshet.job.learner.Publication;
import io.freshet.job.replay.SequentialReplay;
import io.freshet.job.timeline.Searches;
import io.freshet.learning.LearnerFamilies;
import io.freshet.modellog.ModelLogs;
import io.freshet.scoring.feature.HistoryPlan;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelsFile;
import io.freshet.scoring.state.HashValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The job against its oracle: same log, same bits. */
class TrainingTopologyTest {

  private static final int IMPRESSIONS = 1_500;
  private static final Map<Long, List<Decoded>> INPUTS = new ConcurrentHashMap<>();
  private static final Map<String, RecordingLog> LOGS = new ConcurrentHashMap<>();

  private record Outcome(
      List<String> examples, List<Float> predictions, Map<Long, HashValue> hashes) {}

  private static List<List<InputRecord>> partitions = List.of();
  private static Map<String, Outcome> expected = Map.of();

  @BeforeAll
  static void replaySequentially() {
    partitions = RandomLog.withSearches(7, IMPRESSIONS);
    ModelsFile models = TestModels.withRanking(1);
    List<Entry> entries = SequentialReplay.entries(models, partitions);
    List<Entry> ranking = SequentialReplay.entries(models, true, partitions);
    Map<String, Outcome> outcomes = new TreeMap<>();
    for (ModelSettings model : models.models()) {
      RecordingLog log = new RecordingLog(model.name());
      List<Evaluation> evaluations = new ArrayList<>();
      AtomicLong clock = new AtomicLong();
      Publication.Port port =
          new Publication.Port(
              log.open(), () -> clock.addAndGet(60_000), RandomLog.INPUTS::nameOf, "test");
      try (LearnerLoop loop =
          LearnerLoop.start(
              model,
              HistoryPlan.of(models.models()),
              LearnerFamilies.named(model.family()),
              port,
              evaluations::add)) {
        SequentialReplay.teach(Searches.areLearntBy(model) ? ranking : entries, loop);
        outcomes.put(model.name(), outcome(evaluations, log));
      }
    }
    expected = outcomes;
  }

  private static Outcome outcome(List<Evaluation> evaluations, RecordingLog log) {
    List<EvaluationRow> rows = evaluations.stream().flatMap(e -> e.rows().stream()).toList();
    Map<Long, HashValue> hashes = new TreeMap<>();
    log.published().forEach(facts -> hashes.put(facts.step(), facts.stateHash()));
    return new Outcome(
        rows.stream()
            .map(
                row ->
                    "%s %s %d %s"
                        .formatted(row.exampleId(), row.label(), row.readyTime(), row.grade()))
            .toList(),
        rows.stream().map(EvaluationRow::prediction).toList(),
        hashes);
  }

  @Test
  void theOracleTrainsOnEveryImpressionThatWasKept() {
    long late = partitions.stream().mapToLong(List::size).sum();
    assertThat(late).isGreaterThan(IMPRESSIONS);
    int found = of(expected, "search").examples().size();
    assertThat(found).isGreaterThan(IMPRESSIONS / 2);
    assertThat(of(expected, "search").examples())
        .doesNotHaveDuplicates()
        .anyMatch(example -> example.endsWith(" 3"));
    for (String model : List.of("din", "base")) {
      assertThat(of(expected, model).examples())
          .hasSizeBetween(IMPRESSIONS * 97 / 100 + found, IMPRESSIONS + found)
          .doesNotHaveDuplicates();
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "2, 2, 10", "4, 3, 40"})
  void theJobLearnsTheSameBitsAsTheSequentialReplay(
      int parallelism, long delays, long publishEveryMs) throws Exception {
    String run = "run-" + parallelism + "-" + delays;
    Map<String, List<Evaluation>> evaluations =
        run(run, parallelism, delays, publishEveryMs, Integer.MAX_VALUE);

    for (String model : expected.keySet()) {
      assertEqualsOracle(model, of(evaluations, model), of(LOGS, run + model));
    }
  }

  @Test
  void aJobThatFailsAndRestartsFromItsCheckpointLearnsTheSameBitsInANewEpoch() throws Exception {
    Map<String, List<Evaluation>> evaluations =
        run("restarted-", 2, 5, 1, inputs(5).size() * 9 / 10);

    assertThat(FailOnce.FAILURES).hasValue(1);
    for (String model : expected.keySet()) {
      RecordingLog log = of(LOGS, "restarted-" + model);
      assertEqualsOracle(model, of(evaluations, model), log);
      assertThat(log.published()).extracting(facts -> facts.version().epoch()).contains(1L, 2L);
      assertThat(log.published())
          .extracting(facts -> facts.version().number())
          .isSorted()
          .doesNotHaveDuplicates();
      assertThat(log.committed()).isNotEmpty();
    }
  }

  private static void assertEqualsOracle(
      String model, List<Evaluation> evaluations, RecordingLog log) {
    Outcome outcome = outcome(evaluations, log);
    Outcome oracle = of(expected, model);
    assertThat(outcome.examples()).isEqualTo(oracle.examples());
    assertThat(outcome.predictions()).isEqualTo(oracle.predictions());
    assertThat(outcome.hashes()).isNotEmpty();
    assertThat(oracle.hashes()).containsAllEntriesOf(outcome.hashes());
  }

  private static Map<String, List<Evaluation>> run(
      String run, int parallelism, long delays, long publishEveryMs, int failAfter)
      throws Exception {
    ModelsFile models = TestModels.withRanking(publishEveryMs);
    ModelLogs logs =
        model -> LOGS.computeIfAbsent(run + model, key -> new RecordingLog(model)).open();
    JobSettings settings =
        new JobSettings(
            models, RandomLog.INPUTS, logs, parallelism, false, SlotRequests.NONE, "test");
    Configuration configuration = new Configuration();
    configuration.setString("execution.checkpointing.interval", parallelism * 50 + "ms");
    configuration.setString("restart-strategy.type", "fixed-delay");
    configuration.setString("restart-strategy.fixed-delay.attempts", "1");
    configuration.setString("restart-strategy.fixed-delay.delay", "10ms");
    configuration.setString("taskmanager.numberOfTaskSlots", String.valueOf(settings.slotCount()));
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.createLocalEnvironment(parallelism, configuration);
    environment.getConfig().enableObjectReuse();
    int records = inputs(delays).size();
    DataStream<Decoded> decoded =
        environment
            .fromSource(
                new DataGeneratorSource<>(
                    index -> inputs(delays).get(index.intValue()),
                    records,
                    failAfter < records
                        ? RateLimiterStrategy.perCheckpoint(records / 4)
                        : RateLimiterStrategy.noOp(),
                    DecodedSerializer.INSTANCE.type(Decoded.class)),
                WatermarkStrategy.noWatermarks(),
                "log")
            .setParallelism(1)
            .map(new FailOnce(failAfter))
            .returns(DecodedSerializer.INSTANCE.type(Decoded.class))
            .setParallelism(1)
            .assignTimestampsAndWatermarks(
                WatermarkStrategy.<Decoded>forGenerator(context -> new SlowestPartition())
                    .withTimestampAssigner((record, before) -> time(record)))
            .setParallelism(1);
    TrainingTopology.Outputs outputs = TrainingTopology.build(decoded, settings);
    Map<String, List<Evaluation>> evaluations = new TreeMap<>();
    try (CloseableIterator<Evaluation> all = outputs.evaluations().executeAndCollect()) {
      all.forEachRemaining(
          evaluation ->
              evaluations
                  .computeIfAbsent(evaluation.model(), m -> new ArrayList<>())
                  .add(evaluation));
    }
    return evaluations;
  }

  /** Fails at the first record after so many that comes when a checkpoint is complete. */
  private static final class FailOnce implements MapFunction<Decoded, Decoded>, CheckpointListener {

    private static final long serialVersionUID = 1L;
    static final AtomicInteger FAILURES = new AtomicInteger();

    private final int after;
    private int records;
    private boolean complete;

    FailOnce(int after) {
      this.after = after;
    }

    @Override
    public Decoded map(Decoded decoded) {
      records++;
      if (records > after && complete && FAILURES.compareAndSet(0, 1)) {
        throw new IllegalStateException("this failure is part of the test");
      }
      return decoded;
    }

    @Override
    public void notifyCheckpointComplete(long id) {
      complete = true;
    }
  }

  private static <T> T of(Map<String, T> map, String key) {
    return Objects.requireNonNull(map.get(key), key);
  }

  private static List<Decoded> inputs(long delays) {
    return INPUTS.computeIfAbsent(delays, TrainingTopologyTest::interleaved);
  }

  private static long time(Decoded decoded) {
    InputRecord record = decoded.record();
    return record == null ? Long.MIN_VALUE : record.event().eventTime();
  }

  /**
   * One partition after another gets a turn of random length: any partition may lag far behind the
   * others.
   */
  private static List<Decoded> interleaved(long seed) {
    Random random = new Random(seed);
    int[] next = new int[partitions.size()];
    List<Decoded> all = new ArrayList<>();
    int left = partitions.stream().mapToInt(List::size).sum();
    while (left > 0) {
      int p = random.nextInt(next.length);
      for (int turn = random.nextInt(60); turn > 0 && next[p] < partitions.get(p).size(); turn--) {
        all.add(new Decoded(partitions.get(p).get(next[p]++), null));
        left--;
      }
    }
    return all;
  }

  /**
   * The watermark of the slowest partition, as a source with one split per partition would give it.
   */
  private static final class SlowestPartition implements WatermarkGenerator<Decoded> {

    private final Map<Integer, Long> highest =
        partitions.stream()
            .collect(Collectors.toMap(p -> p.get(0).partition(), p -> Long.MIN_VALUE));

    @Override
    public void onEvent(Decoded decoded, long timestamp, WatermarkOutput output) {
      InputRecord record = decoded.record();
      if (record != null) {
        highest.merge(record.partition(), timestamp, Math::max);
        long slowest = highest.values().stream().mapToLong(Long::longValue).min().orElseThrow();
        if (slowest > Long.MIN_VALUE) {
          output.emitWatermark(
              new Watermark(
                  slowest == Long.MAX_VALUE
                      ? slowest - 1
                      : slowest - RandomLog.OUT_OF_ORDERNESS_MS - 1));
        }
      }
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {}
  }
}
