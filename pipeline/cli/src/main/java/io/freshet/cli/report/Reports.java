package io.freshet.cli.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The models' entries of a report. */
public final class Reports {

  private static final String BASELINE = "logistic-regression";

  private Reports() {}

  /**
   * Every model that has said anything, references last.
   *
   * @param exact whether all rows are read again, as the end of a run asks for; otherwise the
   *     figures that need that are null
   */
  public static List<RunReport.Model> models(
      EvaluationStore store, Map<String, LogTotals> logs, boolean exact) {
    List<EvaluationStore.Figures> figures = store.figures();
    @Nullable Double baseline = null;
    List<RunReport.Model> models = new ArrayList<>();
    for (EvaluationStore.Figures of : figures) {
      LogTotals log = logs.get(of.model());
      RunReport.Model model =
          exact ? ModelFigures.exact(store, of, log) : ModelFigures.sketch(of, log);
      if (of.family().equals(EvaluationStore.REFERENCE) && of.model().equals(BASELINE)) {
        baseline = model.logLoss();
      }
      models.add(model);
    }
    Double found = baseline;
    return models.stream().map(model -> withBaseline(model, found, models)).toList();
  }

  /** The baseline is on the same rows only where it has as many. */
  private static RunReport.Model withBaseline(
      RunReport.Model model, @Nullable Double baseline, List<RunReport.Model> all) {
    boolean sameRows =
        all.stream()
            .anyMatch(
                other ->
                    other.name().equals(BASELINE)
                        && other.family().equals(EvaluationStore.REFERENCE)
                        && other.examples() == model.examples());
    return sameRows ? ModelFigures.withBaseline(model, baseline) : model;
  }
}
