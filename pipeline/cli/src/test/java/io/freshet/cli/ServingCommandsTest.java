package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.freshet.cli.kafka.EmbeddedKafka;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.kafka.SharedTopics;
import io.freshet.schema.AvroCodec;
import io.freshet.schema.EventTopics;
import io.freshet.schema.avro.Evaluation;
import io.freshet.schema.avro.EvaluationRow;
import io.freshet.scoring.ScorerFamilies;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.StateDelta;
import io.freshet.scoring.state.Tensor;
import io.freshet.serving.Swap;
import io.freshet.source.Source;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Over a boosted model with two versions, learnt up to 1 s and 2 s, published at 10 s and 20 s. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServingCommandsTest {

  private static final String MODELS =
      """
      models:
        quick:
          family: boosted-mlp
          boosting: {blocks: 10, units: 4, prefixes: [0.2, 0.5, 1]}
          features:
            - {name: item, from: item.id, as: id, size: 4}
      """;

  private final EmbeddedKafka kafka;
  private final Shell shell;

  ServingCommandsTest(@TempDir Path directory) {
    kafka = EmbeddedKafka.start(directory.resolve("kafka"));
    shell = new Shell("--brokers", kafka.brokers());
  }

  @BeforeAll
  void publish() {
    KafkaAccess access = KafkaAccess.to(kafka.brokers(), new EventTopics(""));
    new SharedTopics(access).create((short) 1);
    publish("quick", 2);
    assertThat(shell.run("promote", "shop", "--to", "quick")).as(shell.noted()).isZero();
  }

  private void publish(String model, int versions) {
    KafkaAccess access = KafkaAccess.to(kafka.brokers(), new EventTopics(""));
    ModelSettings settings =
        DefaultModels.read(MODELS, new Source.StreamDefaults(0, 1_000, 1_000)).models().get(0);
    ModelState state = ScorerFamilies.named("boosted-mlp").emptyState(settings);
    state.table("item").findOrInsert(0);
    try (WrittenLog log = new WrittenLog(access, model, settings)) {
      log.publish(state);
      if (versions == 1) {
        return;
      }
      Tensor quality = state.tensor("boost.prefix.quality");
      System.arraycopy(new float[] {0.4f, 900, 0.3f, 900}, 0, quality.data(), 0, 4);
      log.publish(state, new StateDelta(List.of(quality.copy()), List.of()));
    }
  }

  @AfterAll
  void stop() {
    kafka.close();
  }

  /** What scoring two items by {@code more} noted. */
  private String scored(String model, String... more) {
    List<String> args = new ArrayList<>(List.of("score", model, "--items", "a,b"));
    args.addAll(List.of(more));
    assertThat(shell.run(args.toArray(String[]::new))).as(shell.noted()).isZero();
    assertThat(shell.lines()).hasSize(2);
    return shell.noted();
  }

  private JsonNode followed(String... args) throws Exception {
    assertThat(shell.run(args)).as(shell.noted()).isZero();
    assertThat(shell.lines()).hasSize(1);
    return JsonMapper.builder().build().readTree(shell.said());
  }

  @Test
  void scoreSaysByWhichPrefixItScored() {
    assertThat(scored("quick"))
        .contains("quick: 2 scored by a prefix of 40 units, whose log loss is not measured yet");
    assertThat(scored("quick", "--units", "39"))
        .contains(
            "quick: 2 scored by a prefix of 20 units, log loss 0.3000 over some 900 recent"
                + " examples before they were learnt");
    assertThat(scored("quick", "--budget", "0us")).contains("by a prefix of 8 units, log loss 0.4");
    assertThat(shell.run("score", "quick", "--items", "a", "--units", "7")).isEqualTo(2);
    assertThat(shell.noted())
        .contains("--units: units must be at least those of the shortest prefix, 8, got 7");
  }

  @Test
  void scoreReachesVersionsOfThePast() {
    assertThat(scored("quick")).contains("quick version 1:2").contains(" verified");
    assertThat(scored("quick", "--version", "1:1")).contains("quick version 1:1");
    assertThat(scored("quick", "--learnt-up-to", "1999")).contains("quick version 1:1");
    assertThat(scored("quick", "--published-up-to", "1970-01-01T00:00:19Z"))
        .contains("quick version 1:1");
    assertThat(scored("quick", "--published-up-to", "1970-01-01T00:00:20Z"))
        .contains("quick version 1:2");
    assertThat(shell.run("score", "quick", "--items", "a", "--learnt-up-to", "7")).isEqualTo(1);
    assertThat(shell.noted()).contains("the last version learnt up to 1970-01-01T00:00:00.007Z");
  }

  @Test
  void aServedNameIsScoredByTheModelThatItStandsFor() {
    assertThat(scored("shop", "--served", "--units", "8"))
        .contains("quick version 1:2")
        .contains("quick: 2 scored by a prefix of 8 units");
    assertThat(shell.run("score", "shup", "--served", "--items", "a")).isEqualTo(1);
    assertThat(shell.noted())
        .contains("shup must be a served name, which promote makes it")
        .contains("shop]");
  }

  @Test
  void followEndsWithTheVersionThatIsAskedFor() throws Exception {
    JsonNode pinned = followed("follow", "quick", "--version", "1:1", "--json");
    assertThat(pinned.at("/version").asLong()).isEqualTo(1);
    assertThat(pinned.at("/by").asText()).isEqualTo("anchor");

    JsonNode past =
        followed("follow", "quick", "--learnt-up-to", "1000", "--versions", "1", "--json");
    assertThat(past.at("/eventTime").asLong()).isEqualTo(1_000);
  }

  @Test
  void followOfAServedNameSaysWhatItStandsFor() throws Exception {
    JsonNode promoted = followed("follow", "shop", "--served", "--versions", "1", "--json");
    assertThat(promoted.at("/served").asText()).isEqualTo("shop");
    assertThat(promoted.at("/model").asText()).isEqualTo("quick");
    assertThat(promoted.at("/version").asLong()).isEqualTo(2);
    assertThat(promoted.at("/by").asText()).isEqualTo("promotion");
  }

  @Test
  void aWatchedNameChangesOverToTheModelThatProvesBetter() throws Exception {
    publish("slow", 1);
    assertThat(shell.run("promote", "best", "--to", "slow")).as(shell.noted()).isZero();
    CountDownLatch watching = new CountDownLatch(1);
    CountDownLatch changed = new CountDownLatch(1);
    PrintStream notes = printing(line -> line.contains("the horizon begins"), watching);
    PrintStream results = printing(line -> line.contains("best stands for quick"), changed);
    AtomicInteger exit = new AtomicInteger(-1);
    Thread command =
        new Thread(
            () ->
                exit.set(
                    Freshet.run(
                        new Terminal(results, notes, false),
                        () -> 1_700_000_000_001L,
                        ("compare --promote best --watch --horizon PT3S --block PT1S --brokers "
                                + kafka.brokers())
                            .split(" "))));
    command.setDaemon(true);
    command.start();
    assertThat(watching.await(60, TimeUnit.SECONDS)).isTrue();
    evaluations("slow", 0.4f);
    evaluations("quick", 0.1f);
    assertThat(changed.await(60, TimeUnit.SECONDS)).isTrue();
    command.join();
    assertThat(exit).hasValue(0);

    JsonNode now = followed("follow", "best", "--served", "--versions", "1", "--json");
    assertThat(now.at("/model").asText()).isEqualTo("quick");
    assertThat(shell.run("compare", "--watch")).isEqualTo(2);
    assertThat(shell.noted()).contains("--watch must have a name to --promote");
    assertThat(shell.run("compare", "--watch", "--promote", "nothing")).isEqualTo(1);
    assertThat(shell.noted()).contains("nothing must stand for a model before it is watched");
  }

  /** Twenty seconds of one step each, of negatives all. */
  private void evaluations(String model, float prediction) throws Exception {
    AvroCodec codec = AvroCodec.of(Evaluation.class);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.brokers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (int second = 0; second < 20; second++) {
        List<EvaluationRow> rows = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
          long time = 1_000L * second + i;
          rows.add(
              EvaluationRow.newBuilder()
                  .setExampleId("e" + second + "." + i)
                  .setItemId("i")
                  .setUserId("u" + i)
                  .setImpressionTime(time)
                  .setReadyTime(time)
                  .setLabel(0)
                  .setPrediction(prediction + i * 0.001f)
                  .setRaw(prediction)
                  .setPredictionAtTraining(prediction)
                  .build());
        }
        producer
            .send(
                new ProducerRecord<>(
                    "models.evaluations",
                    codec.encode(new Evaluation(model, "boosted-mlp", 1L, (long) second, rows))))
            .get();
      }
    }
  }

  /** What nobody reads any more once the awaited line has come. */
  private static PrintStream printing(Predicate<String> awaited, CountDownLatch seen) {
    return new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8) {
      @Override
      public boolean checkError() {
        return seen.getCount() == 0;
      }

      @Override
      public void println(String line) {
        super.println(line);
        if (awaited.test(line)) {
          seen.countDown();
        }
      }
    };
  }

  @Test
  void aRollbackToWhatCannotBeHadIsRefusedInOneLine() {
    assertThat(shell.run("rollback", "quick", "--to", "9")).isEqualTo(1);
    assertThat(shell.noted())
        .contains("quick must have a version 9 that no restart took back")
        .contains("it has 1:1 to 1:2");
    assertThat(shell.run("rollback", "quick", "--to", "2:1")).isEqualTo(1);
    assertThat(shell.noted()).contains("quick must have a version 2:1 that");
    assertThat(shell.run("rollback", "quick", "--to", "1")).isEqualTo(1);
    assertThat(shell.noted())
        .contains("version 1:1 of quick must be committed")
        .contains("none is yet");
    assertThat(shell.run("rollback", "quick", "--to", "newest")).isEqualTo(2);
    assertThat(shell.run("rollback", "quick")).isEqualTo(2);
    assertThat(shell.run("rollback", "nobody", "--to", "1")).isEqualTo(1);
    assertThat(shell.run("poison", "quick", "--share", "1.5")).isEqualTo(2);
    assertThat(shell.noted()).contains("--share 0 to 1, got 16 and 1.5");
  }

  @Test
  void undoingIsNotCalledADelta() {
    assertThat(FollowCommand.by(Swap.Way.UNDONE)).isEqualTo("undone");
    assertThat(FollowCommand.by(Swap.Way.DELTA)).isEqualTo("delta");
    assertThat(FollowCommand.by(Swap.Way.REBUILT)).isEqualTo("anchor");
  }
}
