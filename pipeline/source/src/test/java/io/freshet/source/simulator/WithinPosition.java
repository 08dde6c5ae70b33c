package io.freshet.source.simulator;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Area under the ROC curve over pairs shown at the same position, all such pairs counting the same.
 */
final class WithinPosition {

  private record Scored(double score, boolean clicked) {}

  private final List<List<Scored>> positions = new ArrayList<>();

  WithinPosition() {
    for (int position = 0; position <= ClickModel.POSITIONS; position++) {
      positions.add(new ArrayList<>());
    }
  }

  void add(int position, double score, boolean clicked) {
    positions.get(position).add(new Scored(score, clicked));
  }

  double auc() {
    double won = 0;
    double pairs = 0;
    for (List<Scored> scored : positions) {
      scored.sort(Comparator.comparingDouble(Scored::score));
      double below = 0;
      double clicks = 0;
      for (int from = 0; from < scored.size(); ) {
        int to = from;
        double tiedClicks = 0;
        while (to < scored.size() && scored.get(to).score == scored.get(from).score) {
          tiedClicks += scored.get(to++).clicked ? 1 : 0;
        }
        double tiedOthers = to - from - tiedClicks;
        won += tiedClicks * (below + tiedOthers / 2);
        below += tiedOthers;
        clicks += tiedClicks;
        from = to;
      }
      pairs += clicks * below;
    }
    return won / pairs;
  }
}
