package io.freshet.learning.compare;

import io.freshet.learning.metric.QualityRows;
import it.unimi.dsi.fastutil.longs.Long2ObjectLinkedOpenHashMap;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Compares two models by their losses on the same rows, with an interval that holds at all times
 * together: whoever looks after every block and stops when he likes what he sees is wrong with the
 * same small probability.
 *
 * <p>It is the confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas,
 * "Time-uniform central limit theory and asymptotic confidence sequences" (2024): with N rows of
 * mean m, and V the variance of their sum,
 *
 * <p>m ± √( 2 (Vρ² + 1)/ρ² · ln( √(Vρ² + 1) / α ) ) / N.
 *
 * <p>What it covers is the mean, over the rows so far, of the difference that was to be expected of
 * each block; that may change with time. Rows hang together: V is the larger of two, one of
 * clusters that are a user's rows in a block of event time, and one of clusters that are all rows
 * of a block. Asymptotic: there is no interval before {@value #FEWEST_BLOCKS} blocks and {@value
 * #FEWEST_VISITS} visits of users, and after those ρ is set so that the interval is narrowest at
 * {@value #FORESIGHT} times as much.
 */
public final class PairedComparison {

  private static final int FORMAT = 1;
  private static final int FEWEST_BLOCKS = 10;
  private static final int FEWEST_VISITS = 100;
  private static final double FORESIGHT = 10;

  /** What one user's rows of the open block sum to. */
  private static final class Visit {
    double sum;
    long rows;
  }

  private final long blockMs;
  private final double confidence;
  private final double alpha;
  private final Long2ObjectLinkedOpenHashMap<Visit> open = new Long2ObjectLinkedOpenHashMap<>();

  /** Rows of the open block without a user. */
  private Clusters openSingles = new Clusters();

  private Clusters visits = new Clusters();
  private Clusters blocks = new Clusters();
  private long openEnd = Long.MIN_VALUE;
  private double openSum;
  private long openRows;
  private long until = Long.MIN_VALUE;
  private double sum;
  private long rows;
  private double rhoSquared;

  /**
   * @param blockMs length of a block of event time; milliseconds
   * @param confidence that the interval holds at all times, for example 0.95
   */
  public PairedComparison(long blockMs, double confidence) {
    if (blockMs < 1) {
      throw new IllegalArgumentException("a block must be at least 1 ms, got " + blockMs);
    }
    if (!(confidence > 0 && confidence < 1)) {
      throw new IllegalArgumentException(
          "confidence must be above 0 and below 1, got " + confidence);
    }
    this.blockMs = blockMs;
    this.confidence = confidence;
    this.alpha = 1 - confidence;
  }

  /**
   * Takes a row. A row that is older than the open block counts as one of it.
   *
   * @param eventTime milliseconds since 1970 UTC
   * @param user hash of the user, {@link QualityRows#NO_USER} where there is none: a user of its
   *     own
   * @return whether a block closed before this row, so that {@link #standing} is a new one
   */
  public boolean add(long eventTime, long user, double lossA, double lossB) {
    double difference = lossA - lossB;
    if (!Double.isFinite(difference)) {
      throw new IllegalArgumentException(
          "losses must be finite, got %s and %s".formatted(lossA, lossB));
    }
    boolean closes = openRows > 0 && eventTime >= openEnd;
    if (closes) {
      close();
    }
    if (openRows == 0) {
      openEnd = Math.max(openEnd, (Math.floorDiv(eventTime, blockMs) + 1) * blockMs);
    }
    openSum += difference;
    openRows++;
    if (user == QualityRows.NO_USER) {
      openSingles.add(difference, 1);
    } else {
      Visit visit = open.computeIfAbsent(user, u -> new Visit());
      visit.sum += difference;
      visit.rows++;
    }
    return closes;
  }

  private void close() {
    for (Visit visit : open.values()) {
      visits.add(visit.sum, visit.rows);
    }
    open.clear();
    visits.add(openSingles);
    openSingles = new Clusters();
    blocks.add(openSum, openRows);
    sum += openSum;
    rows += openRows;
    openSum = 0;
    openRows = 0;
    until = openEnd;
    boolean enough = blocks.count() >= FEWEST_BLOCKS && visits.count() >= FEWEST_VISITS;
    if (rhoSquared == 0 && enough && variance() > 0) {
      double log = -2 * StrictMath.log(alpha);
      rhoSquared = (log + StrictMath.log(log) + 1) / (FORESIGHT * variance());
    }
  }

  private double variance() {
    double mean = sum / rows;
    return Math.max(visits.variance(mean), blocks.variance(mean));
  }

  /** How the models stood at the end of the last closed block. */
  public Standing standing() {
    double mean = rows == 0 ? 0 : sum / rows;
    double half = Double.POSITIVE_INFINITY;
    if (rhoSquared > 0) {
      double scaled = variance() * rhoSquared + 1;
      half = Math.sqrt(2 * scaled / rhoSquared * StrictMath.log(Math.sqrt(scaled) / alpha)) / rows;
    }
    return new Standing(
        mean, mean - half, mean + half, rows, visits.count(), blocks.count(), until);
  }

  /** Writes everything that {@link #resume} needs, canonically: equal states write equal bytes. */
  public void save(DataOutput out) throws IOException {
    out.writeInt(FORMAT);
    out.writeLong(blockMs);
    out.writeDouble(confidence);
    out.writeInt(open.size());
    for (var visit : open.long2ObjectEntrySet()) {
      out.writeLong(visit.getLongKey());
      out.writeDouble(visit.getValue().sum);
      out.writeLong(visit.getValue().rows);
    }
    openSingles.save(out);
    visits.save(out);
    blocks.save(out);
    out.writeLong(openEnd);
    out.writeDouble(openSum);
    out.writeLong(openRows);
    out.writeLong(until);
    out.writeDouble(sum);
    out.writeLong(rows);
    out.writeDouble(rhoSquared);
  }

  /** One that goes on bit for bit where the saved one was. */
  public static PairedComparison resume(DataInput in) throws IOException {
    int format = in.readInt();
    if (format != FORMAT) {
      throw new IOException(
          "a saved comparison must be of format %d, found %d".formatted(FORMAT, format));
    }
    PairedComparison comparison = new PairedComparison(in.readLong(), in.readDouble());
    int users = in.readInt();
    for (int i = 0; i < users; i++) {
      long user = in.readLong();
      Visit visit = new Visit();
      visit.sum = in.readDouble();
      visit.rows = in.readLong();
      comparison.open.put(user, visit);
    }
    comparison.openSingles = Clusters.resume(in);
    comparison.visits = Clusters.resume(in);
    comparison.blocks = Clusters.resume(in);
    comparison.openEnd = in.readLong();
    comparison.openSum = in.readDouble();
    comparison.openRows = in.readLong();
    comparison.until = in.readLong();
    comparison.sum = in.readDouble();
    comparison.rows = in.readLong();
    comparison.rhoSquared = in.readDouble();
    return comparison;
  }
}
