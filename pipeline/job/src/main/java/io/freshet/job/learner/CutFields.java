package io.freshet.job.learner;

import io.freshet.modellog.Cut;
import io.freshet.modellog.Version;
import io.freshet.scoring.state.HashValue;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A {@link Cut} as bytes. */
final class CutFields {

  private CutFields() {}

  static void write(Cut cut, DataOutput out) throws IOException {
    Version version = cut.version();
    out.writeLong(version == null ? 0 : version.epoch());
    out.writeLong(version == null ? 0 : version.number());
    write(cut.versionHash(), out);
    write(cut.stateHash(), out);
    write(cut.learnerHash(), out);
    out.writeLong(cut.firstOffset());
    out.writeLong(cut.offset());
    out.writeLong(cut.step());
  }

  static Cut read(DataInput in) throws IOException {
    long epoch = in.readLong();
    long number = in.readLong();
    @Nullable Version version = number == 0 ? null : new Version(epoch, number);
    return new Cut(
        version, hash(in), hash(in), hash(in), in.readLong(), in.readLong(), in.readLong());
  }

  static void write(HashValue hash, DataOutput out) throws IOException {
    out.writeLong(hash.high());
    out.writeLong(hash.low());
  }

  static HashValue hash(DataInput in) throws IOException {
    return new HashValue(in.readLong(), in.readLong());
  }
}
