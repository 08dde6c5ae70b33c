package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.freshet.cli.kafka.EmbeddedKafka;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.kafka.SharedTopics;
import io.freshet.modellog.KafkaModelLog;
import io.freshet.modellog.ModelLog;
import io.freshet.modellog.TopicNames;
import io.freshet.modellog.Version;
import io.freshet.modellog.VersionFacts;
import io.freshet.schema.EventTopics;
import io.freshet.scoring.ScorerFamilies;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettingsJson;
import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.LearnerDelta;
import io.freshet.scoring.state.LearnerState;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.StateDelta;
import io.freshet.scoring.state.Tensor;
import io.freshet.serving.Swap;
import io.freshet.source.Source;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
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

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final EmbeddedKafka kafka;

  ServingCommandsTest(@TempDir Path directory) {
    kafka = EmbeddedKafka.start(directory.resolve("kafka"));
  }

  @BeforeAll
  void publish() {
    KafkaAccess access = KafkaAccess.to(kafka.brokers(), new EventTopics(""));
    new SharedTopics(access).create((short) 1);
    ModelSettings settings =
        DefaultModels.read(MODELS, new Source.StreamDefaults(0, 1_000, 1_000)).models().get(0);
    ModelState state = ScorerFamilies.named("boosted-mlp").emptyState(settings);
    state.table("item").findOrInsert(0);
    AtomicLong wall = new AtomicLong();
    try (ModelLog log =
        KafkaModelLog.open(
            access.client(),
            new TopicNames("", "quick"),
            () -> Instant.ofEpochMilli(wall.get()),
            false)) {
      long epoch = log.claim(null, HashValue.EMPTY);
      wall.set(10_000);
      VersionFacts first = facts(new Version(epoch, 1), null, settings, state);
      log.publish(first, LearnerDelta.whole(LearnerState.servingOnly(state)));
      Tensor quality = state.tensor("boost.prefix.quality");
      System.arraycopy(new float[] {0.4f, 900, 0.3f, 900}, 0, quality.data(), 0, 4);
      wall.set(20_000);
      VersionFacts second = facts(new Version(epoch, 2), first, settings, state);
      StateDelta delta = new StateDelta(List.of(quality.copy()), List.of());
      log.publish(second, LearnerDelta.servingOnly(delta, second.stateHash()));
    }
    assertThat(run("promote", "shop", "--to", "quick")).as(err()).isZero();
  }

  private static VersionFacts facts(
      Version version, @Nullable VersionFacts parent, ModelSettings settings, ModelState state) {
    return new VersionFacts(
        version,
        parent == null ? null : parent.version(),
        parent == null ? HashValue.EMPTY : parent.stateHash(),
        state.computeHash(),
        version.number(),
        1_000 * version.number(),
        Map.of("item", 1L),
        Map.of(),
        Map.of(),
        "passed",
        ModelSettingsJson.write(settings),
        1,
        "java",
        "test");
  }

  @AfterAll
  void stop() {
    kafka.close();
  }

  private int run(String... args) {
    out.reset();
    err.reset();
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--brokers", kafka.brokers()));
    return Freshet.run(
        new Terminal(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false),
        () -> 1_700_000_000_000L,
        all.toArray(String[]::new));
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  /** What scoring two items by {@code more} noted. */
  private String scored(String model, String... more) {
    List<String> args = new ArrayList<>(List.of("score", model, "--items", "a,b"));
    args.addAll(List.of(more));
    assertThat(run(args.toArray(String[]::new))).as(err()).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(2);
    return err();
  }

  private JsonNode followed(String... args) throws Exception {
    assertThat(run(args)).as(err()).isZero();
    List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines).hasSize(1);
    return JsonMapper.builder().build().readTree(lines.get(0));
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
    assertThat(run("score", "quick", "--items", "a", "--units", "7")).isEqualTo(2);
    assertThat(err())
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
    assertThat(run("score", "quick", "--items", "a", "--learnt-up-to", "7")).isEqualTo(1);
    assertThat(err()).contains("the last version learnt up to 1970-01-01T00:00:00.007Z");
  }

  @Test
  void aServedNameIsScoredByTheModelThatItStandsFor() {
    assertThat(scored("shop", "--served", "--units", "8"))
        .contains("quick version 1:2")
        .contains("quick: 2 scored by a prefix of 8 units");
    assertThat(run("score", "shup", "--served", "--items", "a")).isEqualTo(1);
    assertThat(err())
        .contains("shup must be a served name, which promote makes it")
        .contains("[shop]");
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
  void aRollbackToWhatCannotBeHadIsRefusedInOneLine() {
    assertThat(run("rollback", "quick", "--to", "9")).isEqualTo(1);
    assertThat(err())
        .contains("quick must have a version 9 that no restart took back")
        .contains("it has 1:1 to 1:2");
    assertThat(run("rollback", "quick", "--to", "2:1")).isEqualTo(1);
    assertThat(err()).contains("quick must have a version 2:1 that");
    assertThat(run("rollback", "quick", "--to", "1")).isEqualTo(1);
    assertThat(err()).contains("version 1:1 of quick must be committed").contains("none is yet");
    assertThat(run("rollback", "quick", "--to", "newest")).isEqualTo(2);
    assertThat(run("rollback", "quick")).isEqualTo(2);
    assertThat(run("rollback", "nobody", "--to", "1")).isEqualTo(1);
    assertThat(run("poison", "quick", "--share", "1.5")).isEqualTo(2);
    assertThat(err()).contains("--share 0 to 1, got 16 and 1.5");
  }

  @Test
  void undoingIsNotCalledADelta() {
    assertThat(FollowCommand.by(Swap.Way.UNDONE)).isEqualTo("undone");
    assertThat(FollowCommand.by(Swap.Way.DELTA)).isEqualTo("delta");
    assertThat(FollowCommand.by(Swap.Way.REBUILT)).isEqualTo("anchor");
  }
}
