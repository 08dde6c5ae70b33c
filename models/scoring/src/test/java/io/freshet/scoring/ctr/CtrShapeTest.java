package io.freshet.scoring.ctr;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.scoring.feature.FeatureLayout;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelSettings.Activation;
import io.freshet.scoring.settings.ModelSettings.Attention;
import io.freshet.scoring.settings.ModelSettings.History;
import io.freshet.scoring.settings.ModelSettings.Network;
import io.freshet.scoring.settings.ModelSettings.Normalize;
import io.freshet.scoring.settings.ModelSettings.Use;
import io.freshet.scoring.state.ModelState;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class CtrShapeTest {

  private static CtrShape shape(Pooling pooling, boolean skip) {
    ModelSettings settings =
        Networks.settings(
            List.of(
                Networks.feature("item", "item.id", Use.ID, 16),
                Networks.feature("category", "item.category", Use.ID, 8),
                Networks.feature("tags", "item.tags", Use.BAG, 5),
                Networks.feature("price", "item.price", Use.NUMBER, 1),
                Networks.feature("rate", "item.id", Use.COUNTERS, 1),
                Networks.feature("position", "position", Use.BIAS, 1)),
            List.of(new History("clicked", List.of("item", "category"), List.of("click"), 50)),
            new Attention(List.of(80, 40), Activation.DICE, Normalize.SOFTMAX),
            new Network(List.of(200), Activation.PRELU, skip));
    return new CtrShape(settings, FeatureLayout.of(settings), pooling);
  }

  @Test
  void everyPartOfTheInputHasItsOwnPlace() {
    CtrShape shape = shape(Pooling.ATTENTION, true);
    assertThat(shape.pooledOffset(0)).isEqualTo(0);
    assertThat(shape.productOffset(0)).isEqualTo(24);
    assertThat(shape.idOffset(0)).isEqualTo(48);
    assertThat(shape.idOffset(1)).isEqualTo(64);
    assertThat(shape.bagOffset(0)).isEqualTo(72);
    assertThat(shape.denseOffset()).isEqualTo(77);
    assertThat(shape.numberOffset(0)).isEqualTo(0);
    assertThat(shape.counterOffset(0)).isEqualTo(2);
    assertThat(shape.lengthOffset(0)).isEqualTo(8);
    assertThat(shape.denseSize()).isEqualTo(9);
    assertThat(shape.counterSize()).isEqualTo(6);
    assertThat(shape.inputSize()).isEqualTo(86);
  }

  @Test
  void attentionTensorsAreThoseOfItsLayers() {
    CtrShape shape = shape(Pooling.ATTENTION, true);
    assertThat(shape.tensors().stream().map(t -> t.name() + t.shape()))
        .containsExactly(
            "att.clicked.0.W[96, 80]",
            "att.clicked.0.b[80]",
            "att.clicked.0.alpha[80]",
            "att.clicked.0.mean[80]",
            "att.clicked.0.var[80]",
            "att.clicked.1.W[80, 40]",
            "att.clicked.1.b[40]",
            "att.clicked.1.alpha[40]",
            "att.clicked.1.mean[40]",
            "att.clicked.1.var[40]",
            "att.clicked.out.W[40]",
            "att.clicked.out.b[1]",
            "mlp.0.W[86, 200]",
            "mlp.0.b[200]",
            "mlp.0.alpha[200]",
            "mlp.out.W[200]",
            "mlp.out.b[1]",
            "skip.W[9]",
            "dense.mean[9]",
            "dense.var[9]",
            "dense.count[9]",
            "counters.base[2]",
            "calibration[2]");
    assertThat(
            shape.tensors().stream()
                .filter(t -> t.role() == TensorSpec.Role.STATISTIC)
                .map(TensorSpec::name))
        .containsExactly(
            "att.clicked.0.mean",
            "att.clicked.0.var",
            "att.clicked.1.mean",
            "att.clicked.1.var",
            "dense.mean",
            "dense.var",
            "dense.count",
            "counters.base",
            "calibration");
  }

  @Test
  void theBaseModelHasNoAttentionAndASkipOnlyWhereDeclared() {
    assertThat(shape(Pooling.MEAN, false).tensors().stream().map(TensorSpec::name))
        .noneMatch(name -> name.startsWith("att.") || name.equals("skip.W"))
        .contains("mlp.0.W", "dense.mean");
  }

  @Test
  void tablesAreNamedAfterTheirFeatures() {
    assertThat(shape(Pooling.ATTENTION, true).tables())
        .containsExactly(
            new TableSpec("item", 16, TableSpec.Kind.ID),
            new TableSpec("category", 8, TableSpec.Kind.ID),
            new TableSpec("tags", 5, TableSpec.Kind.BAG),
            new TableSpec("position", 1, TableSpec.Kind.BIAS),
            new TableSpec("rate", 10, TableSpec.Kind.COUNTERS));
  }

  @Test
  void startingValuesFollowTheDefinition() {
    CtrShape shape = shape(Pooling.ATTENTION, true);
    assertThat(initial(shape, "mlp.0.W"))
        .isEqualTo(new InitialValues.Normal(Math.sqrt(2.0 / (86 + 200))));
    assertThat(initial(shape, "att.clicked.out.W"))
        .isEqualTo(new InitialValues.Normal(Math.sqrt(2.0 / (40 + 1))));
    assertThat(initial(shape, "mlp.0.alpha")).isEqualTo(new InitialValues.Constant(0.25f));
    assertThat(initial(shape, "att.clicked.0.alpha")).isEqualTo(new InitialValues.Constant(0));
    assertThat(initial(shape, "att.clicked.0.var")).isEqualTo(new InitialValues.Constant(1));
    assertThat(initial(shape, "dense.var")).isEqualTo(new InitialValues.Constant(1));
    assertThat(initial(shape, "skip.W")).isEqualTo(new InitialValues.Constant(0));
    assertThat(initial(shape, "calibration")).isEqualTo(new InitialValues.Listed(List.of(1f, 0f)));
    assertThat(initial(shape, "counters.base"))
        .isEqualTo(new InitialValues.Listed(List.of(1f, 10f)));
  }

  private static InitialValues initial(CtrShape shape, String tensor) {
    return shape.tensors().stream()
        .filter(spec -> spec.name().equals(tensor))
        .findFirst()
        .orElseThrow()
        .initial();
  }

  @Test
  void anEmptyStateHoldsExactlyTheTensorsAndTables() {
    for (int seed = 0; seed < 50; seed++) {
      ModelSettings settings = Networks.random(new Random(seed));
      CtrShape shape = new CtrShape(settings, FeatureLayout.of(settings), Pooling.ATTENTION);
      ModelState state = shape.emptyState();
      assertThat(state.tensors().keySet())
          .containsExactlyElementsOf(shape.tensors().stream().map(TensorSpec::name).toList());
      assertThat(state.tables().keySet())
          .containsExactlyElementsOf(shape.tables().stream().map(TableSpec::name).toList());
      shape.tensors().forEach(t -> assertThat(state.tensor(t.name()).data()).hasSize(t.size()));
      assertThat(state.tables().values()).allMatch(table -> table.size() == 0);
      assertThat(new CtrScorer(shape, state)).isNotNull();
    }
  }
}
