package io.freshet.cli.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.DefaultModels;
import io.freshet.job.Entry;
import io.freshet.learning.metric.LeakCheck;
import io.freshet.learning.metric.QualityRows;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.ImpressionEvent;
import io.freshet.scoring.settings.ModelsFile;
import io.freshet.source.Source;
import io.freshet.source.Sources;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** In the simulator the truth is known, and nothing predicts better unless it sees the future. */
class LeakTest {

  private static final Source SOURCE = Sources.open("simulator", 1);
  private static final Set<String> READ_THE_CONTEXT =
      Set.of("din", "base", "boosted", "noise", "logistic-regression");

  private static Map<String, QualityRows> honest = Map.of();

  @BeforeAll
  static void learnWhatTheSimulatorShows() {
    ModelsFile models = models("");
    honest = Lesson.all(models, Stretch.entries(models, events(models, 20_000)));
  }

  @Test
  void trueLabelsTeachTheModelsThatShuffledOnesDoNot() {
    for (String model : READ_THE_CONTEXT) {
      assertThat(Chance.of(of(honest, model)).z())
          .as("%s, standard errors above 1/2: far beyond the 3 of chance", model)
          .isGreaterThan(10);
    }
  }

  @Test
  void noModelAndNoReferencePredictsBetterThanTheTruth() {
    assertThat(honest).hasSizeGreaterThan(READ_THE_CONTEXT.size());
    honest.forEach((model, rows) -> assertThat(LeakCheck.of(rows).leaks()).as(model).isFalse());
  }

  @Test
  void aPlantedFutureRaisesTheLeakCheckInAllThatReadItAndInNothingElse() {
    ModelsFile models = models("      - {name: future, from: context.future, as: id, size: 4}\n");
    List<Event> events = events(models, 8_000);
    Set<String> clicked = clicked(Stretch.entries(models, events));
    List<Event> planted = events.stream().map(event -> planted(event, clicked)).toList();

    Map<String, QualityRows> said = Lesson.all(models, Stretch.entries(models, planted));

    assertThat(
            said.keySet().stream()
                .filter(model -> LeakCheck.of(of(said, model)).leaks())
                .collect(Collectors.toSet()))
        .isEqualTo(READ_THE_CONTEXT);
  }

  /**
   * The default models.
   *
   * @param feature a line more in their common list of features
   */
  private static ModelsFile models(String feature) {
    String anchor = "features: &features\n";
    String text = DefaultModels.text(null, SOURCE.name());
    assertThat(text).contains(anchor);
    return DefaultModels.read(text.replace(anchor, anchor + feature), SOURCE.defaults());
  }

  private static List<Event> events(ModelsFile models, int impressions) {
    return Stretch.events(SOURCE, impressions, models.stream().waitMs());
  }

  private static Set<String> clicked(List<Entry> entries) {
    Set<String> clicked = new HashSet<>();
    for (Entry entry : entries) {
      if (entry instanceof Entry.Train train && train.label() > 0) {
        clicked.add(train.exampleId());
      }
    }
    return clicked;
  }

  private static Event planted(Event event, Set<String> clicked) {
    if (!(event instanceof ImpressionEvent shown)) {
      return event;
    }
    Map<String, Object> context = new HashMap<>(shown.context());
    context.put("future", clicked.contains(shown.impressionId()) ? "click" : "none");
    return new ImpressionEvent(
        shown.impressionId(),
        shown.itemId(),
        shown.eventTime(),
        shown.userId(),
        shown.position(),
        shown.queryId(),
        context,
        shown.served(),
        shown.propensity(),
        shown.trueClickProbability(),
        shown.eventId(),
        shown.sourceIndex());
  }

  private static QualityRows of(Map<String, QualityRows> said, String model) {
    return Objects.requireNonNull(said.get(model), model);
  }
}
