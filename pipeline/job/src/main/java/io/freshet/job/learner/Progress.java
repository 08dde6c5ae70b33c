package io.freshet.job.learner;

import static io.freshet.job.serial.Fields.readSize;
import static io.freshet.job.serial.Fields.writeSize;

import io.freshet.modellog.Decision;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How far a loop has come in its sequence, and in the round that is open. */
final class Progress {

  /** Highest offset by input partition that has contributed. */
  final TreeMap<Integer, Long> lineage = new TreeMap<>();

  int stepsInRound;

  /** Up to which event time the last step has learnt. */
  long learntUpTo = Long.MIN_VALUE;

  /** Up to which event time the round has learnt that ended last and is not judged yet. */
  @Nullable Long undecided;

  /** Rounds that are still to learn flipped labels. */
  int poisonedRounds;

  /** The share of the labels that is flipped then. */
  double poisonedShare;

  private long entries;
  private long before = Long.MIN_VALUE;

  /** An entry was handed over. */
  void entry() {
    entries++;
  }

  /** All that the sequence brings before {@code time} has happened. */
  void reach(long time) {
    before = Math.max(before, time);
  }

  long entries() {
    return entries;
  }

  /** Whether anything has happened yet. */
  boolean hasBegun() {
    return before != Long.MIN_VALUE;
  }

  Decision.Place place(long step) {
    return new Decision.Place(step, entries, before);
  }

  void roundEnded() {
    stepsInRound = 0;
    poisonedRounds = Math.max(0, poisonedRounds - 1);
  }

  void write(DataOutput out) throws IOException {
    out.writeLong(entries);
    out.writeLong(before);
    out.writeInt(stepsInRound);
    out.writeLong(learntUpTo);
    out.writeBoolean(undecided != null);
    out.writeLong(undecided == null ? 0 : undecided);
    out.writeInt(poisonedRounds);
    out.writeDouble(poisonedShare);
    writeSize(lineage.size(), out);
    for (Map.Entry<Integer, Long> partition : lineage.entrySet()) {
      out.writeInt(partition.getKey());
      out.writeLong(partition.getValue());
    }
  }

  static Progress read(DataInput in) throws IOException {
    Progress progress = new Progress();
    progress.entries = in.readLong();
    progress.before = in.readLong();
    progress.stepsInRound = in.readInt();
    progress.learntUpTo = in.readLong();
    boolean open = in.readBoolean();
    long undecided = in.readLong();
    progress.undecided = open ? undecided : null;
    progress.poisonedRounds = in.readInt();
    progress.poisonedShare = in.readDouble();
    for (int partitions = readSize(in); partitions > 0; partitions--) {
      progress.lineage.put(in.readInt(), in.readLong());
    }
    return progress;
  }
}
