package io.freshet.learning.compare;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Sums over clusters of rows that hang together, from which comes the variance of the sum of all
 * rows around their mean: Σ(d − n·mean)², d being a cluster's sum and n its rows.
 */
final class Clusters {

  private long count;
  private double squares;
  private double products;
  private double sizes;

  void add(double sum, double rows) {
    count++;
    squares += sum * sum;
    products += sum * rows;
    sizes += rows * rows;
  }

  void add(Clusters others) {
    count += others.count;
    squares += others.squares;
    products += others.products;
    sizes += others.sizes;
  }

  long count() {
    return count;
  }

  double variance(double mean) {
    return Math.max(0, squares - 2 * mean * products + mean * mean * sizes);
  }

  void save(DataOutput out) throws IOException {
    out.writeLong(count);
    out.writeDouble(squares);
    out.writeDouble(products);
    out.writeDouble(sizes);
  }

  static Clusters resume(DataInput in) throws IOException {
    Clusters clusters = new Clusters();
    clusters.count = in.readLong();
    clusters.squares = in.readDouble();
    clusters.products = in.readDouble();
    clusters.sizes = in.readDouble();
    return clusters;
  }
}
