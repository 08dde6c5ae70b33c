package io.freshet.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class ScorerFamiliesTest {

  @Test
  void familiesAreFoundByTheirDistinctNames() {
    assertThat(ScorerFamilies.all()).extracting(ScorerFamily::name).doesNotHaveDuplicates();
    for (ScorerFamily family : ScorerFamilies.all()) {
      assertThat(ScorerFamilies.named(family.name())).isSameAs(family);
    }
  }

  @Test
  void anUnknownFamilyIsRefusedWithTheOnesThereAre() {
    assertThatThrownBy(() -> ScorerFamilies.named("dinn"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a family must be one of %s, got dinn",
            ScorerFamilies.all().stream().map(ScorerFamily::name).toList());
  }
}
