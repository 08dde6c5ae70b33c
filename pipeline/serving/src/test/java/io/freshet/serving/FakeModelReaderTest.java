package io.freshet.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.freshet.modellog.Version;
import io.freshet.serving.testing.FakeModelReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
}
