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
   */
  public record AnchorPosition(
      Version version,
      HashValue stateHash,
      long firstOffset,
      long manifestOffset,
      long baseOffset,
      long payloadBytes) {}

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
