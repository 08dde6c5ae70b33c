package io.freshet.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.freshet.modellog.Version;
import io.freshet.scoring.AnytimeScorer.Prefix;
import io.freshet.serving.testing.FakeModelReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FakeModelReaderTest {

  private final FakeModelReader reader =
      new FakeModelReader(instance -> instance.itemId().equals("good") ? 0.9 : 0.1);

  @Test
  void scoresAsTheTestSaysByTheVersionThatTheTestPublished() {
    List<Version> swapped = new ArrayList<>();
    reader.onSwap(swap -> swapped.add(swap.facts().version()));
    reader.publish();
    reader.publish();
    Scores scores = reader.scorer().score("u", List.of("bad", "good"));

    assertThat(swapped).containsExactly(new Version(1, 1), new Version(1, 2));
    assertThat(scores.version()).isEqualTo(new Version(1, 2));
    assertThat(scores.probabilities()).containsExactly(0.1f, 0.9f);
  }

  @Test
  void refusesAsARealReaderDoes() {
    assertThatExceptionOfType(NoVersion.class)
        .isThrownBy(() -> reader.scorer().score("u", List.of("a")));
    reader.publish();
    reader.setStaleness(Duration.ofSeconds(3));
    reader.setStalenessLimit(Duration.ofSeconds(2));
    assertThatExceptionOfType(StaleModel.class)
        .isThrownBy(() -> reader.scorer().score("u", List.of("a")));
    reader.close();
    assertThatExceptionOfType(NoVersion.class)
        .isThrownBy(() -> reader.scorer().score("u", List.of("a")));
  }

  @Test
  void offersThePrefixesThatTheTestDeclares() {
    reader.publish();
    List<String> one = List.of("good");
    assertThat(reader.scorer().score("u", one, Map.of(), Effort.units(7)).prefix()).isNull();

    Prefix quick = new Prefix(0, 8, 0.4f, 100);
    Prefix whole = new Prefix(1, 40, 0.3f, 100);
    reader.setPrefixes(List.of(quick, whole), Duration.ofMillis(1));

    assertThat(reader.scorer().score("u", one).prefix()).isEqualTo(whole);
    assertThat(prefixBy(Effort.units(39))).isEqualTo(quick);
    assertThat(prefixBy(Effort.units(40))).isEqualTo(whole);
    assertThat(prefixBy(Effort.within(Duration.ZERO))).isEqualTo(quick);
    assertThat(prefixBy(Effort.within(Duration.ofMillis(40)))).isEqualTo(whole);
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> prefixBy(Effort.units(7)))
        .withMessage("units must be at least those of the shortest prefix, 8, got 7");
  }

  private @Nullable Prefix prefixBy(Effort effort) {
    return reader.scorer().score("u", List.of("good"), Map.of(), effort).prefix();
  }
}
