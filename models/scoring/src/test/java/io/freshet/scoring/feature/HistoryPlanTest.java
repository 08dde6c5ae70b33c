package io.freshet.scoring.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.freshet.scoring.settings.ModelsFileReader;
import io.freshet.scoring.settings.SettingsDefaults;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HistoryPlanTest {

  private static HistoryPlan plan(String yaml) {
    return HistoryPlan.of(
        new ModelsFileReader(Map.of("din", List.of("djl")), SettingsDefaults.LIVE)
            .read(yaml)
            .models());
  }

  private final HistoryPlan plan =
      plan(
          """
          models:
            a:
              family: din
              features:
                - {name: item, from: item.id, as: id}
                - {name: category, from: item.category, as: id}
                - {name: color, from: item.color, as: id}
              histories:
                - {name: liked, of: [item, category], actions: [click, cart], length: 20}
                - {name: skipped, of: [item], actions: [none], length: 5}
            b:
              family: din
              features:
                - {name: brand, from: item.brand, as: id}
                - {name: next, from: [item.color, chosen.last], as: cross}
              histories:
                - {name: chosen, of: [brand], actions: [cart, click], length: 30}
          """);

  @Test
  void modelsThatDeclareTheSameActionsShareTheLongestHistory() {
    assertThat(plan.histories())
        .extracting(HistoryPlan.Kept::key, HistoryPlan.Kept::length)
        .containsExactly(tuple("cart+click", 30), tuple("none", 5));
    assertThat(plan.histories().get(0).takes("click")).isTrue();
    assertThat(plan.histories().get(0).takes("none")).isFalse();
    assertThat(plan.actions()).containsExactly("cart", "click", "none");
  }

  @Test
  void entriesKeepOnlyTheAttributesThatSomeHistoryReads() {
    assertThat(plan.itemAttributes()).containsExactly("brand", "category");
  }

  @Test
  void modelsWithoutHistoriesKeepNothing() {
    HistoryPlan none =
        plan("models: {m: {family: din, features: [{name: i, from: item.id, as: id}]}}");

    assertThat(none.histories()).isEmpty();
    assertThat(none.itemAttributes()).isEmpty();
    assertThat(none.actions()).isEmpty();
  }

  @Test
  void planTravelsByJavaSerialization() throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(plan);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(in.readObject()).isEqualTo(plan);
    }
  }
}
