package io.freshet.modellog;

import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.LearnerDelta;
import io.freshet.scoring.state.StateDelta;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the records of a slots topic. */
final class SlotsRecords {

  /** Names the chunks of a cut before the first version. */
  static final Version NONE = new Version(0, 0);

  private final String model;
  private final long epoch;
  private final String writer;
  private final LogCodec codec;
  private final SlotsCodec slotsCodec;

  /**
   * @param epoch of the attempt that writes
   * @param writer UUID of that attempt
   */
  SlotsRecords(String model, long epoch, String writer) {
    this.model = model;
    this.epoch = epoch;
    this.writer = writer;
    this.codec = new LogCodec(model);
    this.slotsCodec = new SlotsCodec(model);
  }

  /** What changed in the learner's own state with a version: chunks, then what closes them. */
  List<byte[]> version(Version version, LearnerDelta delta, long step, long at) {
    List<byte[]> values = new ArrayList<>();
    Chunker own = chunks(version, delta.own(), values);
    values.add(
        close(version, LogEntry.Slots.Kind.VERSION, 0, own.hashes(), own.bytes(), delta, step, at));
    return values;
  }

  /**
   * What changed in both parts since a version: chunks of the serving state, those of the own, then
   * what closes them.
   */
  List<byte[]> cut(@Nullable Version version, LearnerDelta delta, long step, long at) {
    List<byte[]> values = new ArrayList<>();
    Version named = version == null ? NONE : version;
    Chunker serving = chunks(named, delta.serving(), values);
    Chunker own = chunks(named, delta.own(), values);
    List<HashValue> hashes = new ArrayList<>(serving.hashes());
    hashes.addAll(own.hashes());
    values.add(
        close(
            version,
            LogEntry.Slots.Kind.CUT,
            serving.hashes().size(),
            hashes,
            serving.bytes() + own.bytes(),
            delta,
            step,
            at));
    return values;
  }

  private Chunker chunks(Version version, StateDelta delta, List<byte[]> values) {
    Chunker chunker = new Chunker(codec, model, version, false, Chunker.MAX_BYTES, values::add);
    chunker.delta(delta);
    return chunker;
  }

  private byte[] close(
      @Nullable Version version,
      LogEntry.Slots.Kind kind,
      int servingChunks,
      List<HashValue> hashes,
      long bytes,
      LearnerDelta delta,
      long step,
      long at) {
    return slotsCodec.slots(
        new LogEntry.Slots(
            version,
            kind,
            epoch,
            writer,
            servingChunks,
            hashes,
            bytes,
            delta.servingHash(),
            delta.learnerHash(),
            step),
        at);
  }
}
