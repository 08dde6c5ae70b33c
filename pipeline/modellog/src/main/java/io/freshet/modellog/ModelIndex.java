package io.freshet.modellog;

import io.freshet.scoring.state.HashValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code models.index} says of one model: where reading may begin, and what to know before.
 *
 * @param anchors oldest first
 * @param claims oldest first; all that lie above the oldest anchor
 * @param committed the newest committed version
 */
public record ModelIndex(
    List<AnchorPosition> anchors, List<ClaimPosition> claims, @Nullable Version committed) {

  /** Of a model that has not been written yet. */
  public static final ModelIndex EMPTY = new ModelIndex(List.of(), List.of(), null);

  /**
   * @param firstOffset of the first chunk in the anchors topic
   * @param manifestOffset of the manifest in the anchors topic
   * @param baseOffset offset in the log from which the deltas go on
   * @param slots where the learner's own state of this version is; null when it was not kept
   * @param key what the keys of its records in the anchors topic begin with
   * @param records how many records with such keys there are
   * @param writtenAt the writer's clock; milliseconds since 1970 UTC
   */
  public record AnchorPosition(
      Version version,
      HashValue stateHash,
      long firstOffset,
      long manifestOffset,
      long baseOffset,
      long payloadBytes,
      @Nullable SlotsPosition slots,
      String key,
      int records,
      long writtenAt) {}

  /**
   * Where the whole of a learner's own state lies, and where it goes on.
   *
   * @param firstOffset of its first chunk in the anchors topic
   * @param offset of the record that closes its chunks
   * @param baseOffset offset in the slots topic from which the own state goes on
   */
  public record SlotsPosition(long firstOffset, long offset, long baseOffset) {}

  /**
   * @param offset of the claim in the log
   */
  public record ClaimPosition(
      long offset, long epoch, @Nullable Version base, HashValue baseHash, long highestNumber) {

    static ClaimPosition of(long offset, LogEntry.Claim claim) {
      return new ClaimPosition(
          offset, claim.epoch(), claim.base(), claim.baseHash(), claim.highestNumber());
    }
  }
}
