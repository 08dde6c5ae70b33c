package io.freshet.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SourcesTest {

  @Test
  void anUnknownNameIsAnsweredWithThoseThereAreAndTheNearest() {
    assertThatThrownBy(() -> Sources.open("simulater:rate=5", 1))
        .isInstanceOf(InvalidSource.class)
        .hasMessageContaining("online-retail:PATH[,negatives=uniform]")
        .hasMessageEndingWith("came \"simulater:rate=5\"; did you mean simulator?");
    assertThatThrownBy(() -> Sources.open("online_retail:x", 1))
        .hasMessageEndingWith("did you mean online-retail?");
    assertThatThrownBy(() -> Sources.open("kafka", 1)).hasMessageEndingWith("came \"kafka\"");
    assertThatThrownBy(() -> Sources.open("", 1)).hasMessageEndingWith("came \"\"");
  }

  @Test
  void aPathMayHoldCommasColonsAndEqualsSigns() {
    assertThat(SourceArgument.parse("x", "C:/a,b/k=v/c,negatives=uniform"))
        .isEqualTo(new SourceArgument("x", "C:/a,b/k=v/c", Map.of("negatives", "uniform")));
    assertThat(SourceArgument.parse("x", "")).isEqualTo(new SourceArgument("x", "", Map.of()));
  }

  @Test
  void everySourceStatesWhatItsLabelsAre() {
    assertThat(Sources.open("simulator", 1).labels()).isEqualTo("simulated clicks");
    assertThat(Sources.open("simulator", 1).size()).isEmpty();
    assertThat(Sources.usages()).hasSize(7);
  }
}
