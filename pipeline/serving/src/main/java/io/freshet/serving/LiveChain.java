package io.freshet.serving;

import io.freshet.modellog.Claims;
import io.freshet.modellog.LogEntry;
import io.freshet.modellog.ModelIndex;
import io.freshet.modellog.ModelIndex.AnchorPosition;
import io.freshet.modellog.ModelIndex.ClaimPosition;
import io.freshet.modellog.Version;
import io.freshet.modellog.VersionFacts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a log besides its versions: who took it over from where, what is committed, and
 * which anchors serve.
 */
final class LiveChain {

  private final Isolation isolation;
  private final Claims claims = new Claims();
  private final Map<Long, String> writers = new HashMap<>();
  private ModelIndex index = ModelIndex.EMPTY;
  private @Nullable Version committed;

  LiveChain(Isolation isolation) {
    this.isolation = isolation;
  }

  /** Takes over what the index says now. Returns whether that is news. */
  boolean learn(ModelIndex now) {
    if (now.equals(index)) {
      return false;
    }
    index = now;
    claims.addAll(now.claims());
    learn(now.committed());
    return true;
  }

  /**
   * Lets go of the claims that the index has forgotten: in a log without end there is no end of
   * them.
   *
   * @param position from which on the log is read
   */
  void forgetBefore(long position) {
    List<ClaimPosition> listed = index.claims();
    if (!listed.isEmpty() && listed.get(0).offset() < position) {
      claims.forgetBefore(listed.get(0).offset());
      writers.keySet().removeIf(epoch -> epoch < listed.get(0).epoch());
    }
  }

  void learn(long offset, LogEntry.Claim claim) {
    claims.add(offset, claim);
    writers.putIfAbsent(claim.epoch(), claim.writer());
  }

  /** Takes the writer of a proven manifest for the writer of its attempt. */
  void learnWriter(LogEntry.Manifest proven) {
    writers.putIfAbsent(proven.writerEpoch(), proven.writer());
  }

  /**
   * Takes a commit that lies in the log. Where there is an index it must say so too: both are
   * written in one transaction, so what only the log says was not written by this model's learner.
   */
  void learnLogged(Version commit) {
    if (!indexed()) {
      learn(commit);
    }
  }

  /** Whether the index knows this model at all. */
  boolean indexed() {
    return !index.equals(ModelIndex.EMPTY);
  }

  private void learn(@Nullable Version commit) {
    Version known = committed;
    if (commit != null && (known == null || commit.number() > known.number())) {
      committed = commit;
    }
  }

  /** Whether the index lists {@code claim}. */
  boolean listed(long offset, LogEntry.Claim claim) {
    return index.claims().stream()
        .anyMatch(known -> known.offset() == offset && known.epoch() == claim.epoch());
  }

  /** Whether the index should list {@code claim}, and does not. */
  boolean unlisted(long offset, LogEntry.Claim claim) {
    List<ModelIndex.ClaimPosition> listed = index.claims();
    return !listed.isEmpty() && offset > listed.get(0).offset() && !listed(offset, claim);
  }

  /**
   * What tells that a record at {@code offset} is not of the attempt that owns the log there; null
   * when nothing does.
   */
  @Nullable String foreign(long offset, LogEntry.Manifest manifest) {
    long epoch = epochAt(offset);
    if (epoch == 0) {
      return null;
    }
    if (manifest.writerEpoch() != epoch) {
      return "it must be written by attempt %d, which has claimed the log, got %d"
          .formatted(epoch, manifest.writerEpoch());
    }
    String writer = writers.get(epoch);
    return writer == null || writer.equals(manifest.writer())
        ? null
        : "attempt %d must be that of the writer %s, got %s"
            .formatted(epoch, writer, manifest.writer());
  }

  /** The newest committed version. */
  @Nullable Version committed() {
    return committed;
  }

  /** Whether no claim takes back the version that was closed at {@code offset}. */
  boolean live(long offset, VersionFacts facts) {
    return live(offset, facts.version().number());
  }

  boolean live(long offset, long number) {
    return claims.live(offset, number);
  }

  /** The attempt that writes at {@code offset}, as far as known. */
  long epochAt(long offset) {
    return claims.epochAt(offset);
  }

  /** Offset of the newest claim after which everything begins anew, else the log's first. */
  long start() {
    return Math.max(0, claims.newestFreshStart());
  }

  /** Anchors that may be served and lie at {@code number} or above it, oldest first. */
  List<AnchorPosition> anchors(long number) {
    List<AnchorPosition> usable = new ArrayList<>();
    for (AnchorPosition anchor : index.anchors()) {
      if (anchor.version().number() >= number && usable(anchor)) {
        usable.add(anchor);
      }
    }
    return usable;
  }

  private boolean usable(AnchorPosition anchor) {
    long number = anchor.version().number();
    Version limit = committed;
    return claims.live(anchor)
        && (isolation == Isolation.SPECULATIVE || (limit != null && number <= limit.number()));
  }
}
