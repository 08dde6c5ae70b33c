package io.freshet.bench.experiments;

import io.freshet.learning.gbnn.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The usual network, one step of Adam a batch. */
final class OnlineAdam implements OnlineModel {

  private final boolean separate;
  private final List<AdamNetwork> networks = new ArrayList<>();

  /**
   * @param separate whether each of several classes has a network of its own against the rest, of
   *     its share of the units
   */
  OnlineAdam(int units, double rate, boolean separate, TableStream stream, long seed) {
    this.separate = separate && stream.outputs() > 1;
    int count = this.separate ? stream.outputs() : 1;
    AdamNetwork.Plan plan = new AdamNetwork.Plan(units / count, 1, rate, 0);
    for (int k = 0; k < count; k++) {
      Task task = this.separate ? Task.BINARY : stream.task();
      int outputs = this.separate ? 1 : stream.outputs();
      networks.add(
          new AdamNetwork(plan, task, outputs, stream.rows()[0].length, seed + 1_000L * k));
    }
  }

  @Override
  public double learn(TableStream stream, int from, int to) {
    if (!separate) {
      double[] labels = Arrays.copyOfRange(stream.labels(), from, to);
      return networks.get(0).learn(stream.rows(), labels, from, to);
    }
    double[][] predicted = new double[networks.size()][];
    for (int k = 0; k < predicted.length; k++) {
      AdamNetwork network = networks.get(k);
      predicted[k] = network.probabilities(stream.rows(), from, to);
      network.learn(stream.rows(), OneAgainstRest.labels(stream, k, from, to), from, to);
    }
    return OneAgainstRest.loss(stream, from, to, predicted);
  }
}
