package io.freshet.modellog;

import io.freshet.modellog.ModelIndex.ClaimPosition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Who may write where in a log: the attempts that have claimed it. A claim counts if the index
 * lists it, since both are written in one transaction; without an index every claim counts. Not
 * thread-safe.
 */
final class Authors {

  private final ModelIndex index;
  private final Claims claims;
  private final Map<Long, String> writers = new HashMap<>();

  /**
   * @param index as it was after the log's end was known
   * @param claims takes those of the index and those that are learnt
   */
  Authors(ModelIndex index, Claims claims) {
    this.index = index;
    this.claims = claims;
    claims.addAll(index.claims());
  }

  /** Takes a claim as it lies in the log, unless somebody else put it there. */
  void learn(long offset, LogEntry.Claim claim) {
    List<ClaimPosition> listed = index.claims();
    // What lies before the first listed claim has been forgotten there.
    if (listed.isEmpty()
        || offset < listed.get(0).offset()
        || listed.contains(ClaimPosition.of(offset, claim))) {
      claims.add(offset, claim);
      writers.put(claim.epoch(), claim.writer());
    }
  }

  /** Whether a version was closed by the attempt that had the log then, as far as known. */
  boolean wrote(long offset, LogEntry.Manifest manifest) {
    long epoch = claims.epochAt(offset);
    String writer = writers.get(epoch);
    return !manifest.anchor()
        && (epoch == 0
            || manifest.writerEpoch() == epoch
                && (writer == null || writer.equals(manifest.writer())));
  }
}
