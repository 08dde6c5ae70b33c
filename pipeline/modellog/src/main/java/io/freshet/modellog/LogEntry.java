package io.freshet.modellog;

import io.freshet.scoring.state.HashValue;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One record of a model's log or of its anchors, decoded. */
public sealed interface LogEntry {

  /**
   * A part of a version's payload.
   *
   * @param index counted from 0 within the version
   * @param hash XXH3-128 of the whole record value, as it lay in the log
   * @param bytes size of that value
   */
  record Chunk(
      Version version, boolean anchor, int index, HashValue hash, int bytes, List<Part> parts)
      implements LogEntry {}

  /**
   * Closes a version.
   *
   * @param facts those of an anchor name no parent
   * @param writerEpoch the attempt that wrote this record
   * @param writer UUID of that attempt
   * @param payloadBytes sum of the chunks' sizes
   * @param tensors shape by name, of every dense tensor of the state
   * @param publishedAt the writer's clock; milliseconds since 1970 UTC
   * @param baseOffset of an anchor: the offset in the log from which its deltas go on; -1 for a
   *     delta
   * @param learnerHash of the learner's own state; null where it is not kept
   */
  record Manifest(
      VersionFacts facts,
      boolean anchor,
      long writerEpoch,
      String writer,
      List<HashValue> chunkHashes,
      long payloadBytes,
      List<TableSummary> tables,
      Map<String, List<Integer>> tensors,
      long publishedAt,
      long baseOffset,
      @Nullable HashValue learnerHash)
      implements LogEntry {

    /** Rows and deletions in this version's chunks. */
    public long changedRows() {
      return tables.stream().mapToLong(table -> table.rows() + table.tombstones()).sum();
    }
  }

  /**
   * An attempt takes the log over; every version above the base that lies before it is retracted.
   *
   * @param writer UUID of the attempt
   * @param base null when the attempt starts anew
   * @param highestNumber of a version before this record; 0 when there is none
   */
  record Claim(
      long epoch, String writer, @Nullable Version base, HashValue baseHash, long highestNumber)
      implements LogEntry {}

  /**
   * Closes chunks that are for learners only.
   *
   * @param version of a cut the one that it comes after; null before the first
   * @param servingChunks of a cut: how many of the chunks, the first ones, belong to the serving
   *     state
   */
  record Slots(
      @Nullable Version version,
      Kind kind,
      long writerEpoch,
      String writer,
      int servingChunks,
      List<HashValue> chunkHashes,
      long payloadBytes,
      HashValue stateHash,
      HashValue learnerHash,
      long step)
      implements LogEntry {

    /** What the chunks hold. */
    public enum Kind {
      /** What changed in the learner's own state with a version. */
      VERSION,
      /** What changed in both parts since a version, for a checkpoint. */
      CUT,
      /** The whole of the learner's own state. */
      ANCHOR
    }
  }

  /** No restart takes this version back. */
  record Commit(Version version) implements LogEntry {}

  /** Bytes that are none of the above. */
  record Unreadable(String reason) implements LogEntry {}

  /**
   * @param rows in this version's chunks
   * @param tombstones in this version's chunks
   * @param rowCount of the whole table after applying
   */
  record TableSummary(String name, int width, long rows, long tombstones, long rowCount) {}

  /** What a chunk holds. Ids ascend as unsigned integers; values are absolute. */
  sealed interface Part {

    /**
     * @param first index of the first of {@code values} in the whole tensor, row-major
     */
    record TensorPart(String name, int[] shape, long first, float[] values) implements Part {}

    /**
     * @param values [ids][width]
     */
    record RowsPart(String table, int width, long[] ids, float[] values) implements Part {}

    record TombstonesPart(String table, int width, long[] ids) implements Part {}
  }
}
