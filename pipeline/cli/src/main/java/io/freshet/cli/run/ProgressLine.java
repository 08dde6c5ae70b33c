package io.freshet.cli.run;

import io.freshet.cli.page.LiveView;
import io.freshet.cli.report.EvaluationStore;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A run in one line, as of a view of it. */
final class ProgressLine {

  private ProgressLine() {}

  /**
   * @param backlog events sent and not yet handed to the learners
   * @param trained examples that every model has learnt
   */
  static String of(LiveView view, long backlog, long trained) {
    long events = view.events().values().stream().mapToLong(Long::longValue).sum();
    StringBuilder line = new StringBuilder();
    line.append(
        String.format(
            Locale.ROOT,
            "%,d events, %.0f/s, %,d behind; %,d examples learnt, %,d waiting",
            events,
            view.eventsPerSecond(),
            backlog,
            trained,
            view.waitingExamples()));
    for (LiveView.Model model : view.models()) {
      if (!model.family().equals(EvaluationStore.REFERENCE)) {
        line.append(
            String.format(
                Locale.ROOT,
                "; %s v%s logloss %s auc %s stale %s ms",
                model.name(),
                model.version() == null ? "-" : model.version(),
                decimals(model.recentLogLoss()),
                decimals(model.recentAuc()),
                model.stalenessMs() == null ? "-" : model.stalenessMs()));
      }
    }
    return line.toString();
  }

  private static String decimals(@Nullable Double value) {
    return value == null ? "-" : String.format(Locale.ROOT, "%.4f", value);
  }
}
