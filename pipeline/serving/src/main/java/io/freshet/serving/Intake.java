package io.freshet.serving;

import io.freshet.modellog.LogEntry;
import io.freshet.modellog.LogFeed;
import io.freshet.modellog.LogRecord;
import io.freshet.modellog.Payload;
import io.freshet.modellog.Version;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes records as they lie in the log, puts versions together, and keeps out what does not belong:
 * bytes that are no records, and records that another writer put there, be it one that was fenced
 * or one of another log. The first of them in a row are said, all are counted.
 */
final class Intake {

  private static final int SAID_IN_A_ROW = 8;
  private static final Duration INDEX_POLL = Duration.ofMillis(50);
  private static final int INDEX_POLLS = 20;

  /** What comes of the records that belong. */
  interface Entries {

    /** A claim was learnt. */
    void claimed();

    /** A commit was learnt. */
    void committed();

    void version(long offset, LogEntry.Manifest manifest, Payload chunks);

    /** The index may say something new. */
    void indexed();
  }

  private final LogFeed feed;
  private final LiveChain chain;
  private final ReaderEvents events;
  private @Nullable Payload payload;
  private long unreadable;
  private long foreign;
  private int said;
  private boolean doubtful;
  private boolean indexless;
  private LogEntry.@Nullable Claim unlisted;
  private long unlistedOffset;

  Intake(LogFeed feed, LiveChain chain, ReaderEvents events) {
    this.feed = feed;
    this.chain = chain;
    this.events = events;
  }

  /** Records that could not be decoded. */
  long unreadable() {
    return unreadable;
  }

  /** Records that another writer must have put there. */
  long foreign() {
    return foreign;
  }

  /** Forgets a version that is not closed: reading goes on elsewhere. */
  void moved() {
    payload = null;
  }

  /** Something good came: what is bad will be said again. */
  void proven() {
    said = 0;
    doubtful = false;
  }

  /**
   * Whether the claim that was kept out last is listed in the index by now: then what followed it
   * was kept out wrongly, and must be read again. Says so once.
   */
  boolean wronged() {
    LogEntry.Claim claim = unlisted;
    boolean wronged = claim != null && chain.listed(unlistedOffset, claim);
    unlisted = wronged ? null : claim;
    return wronged;
  }

  void accept(LogRecord record, Entries entries) {
    long offset = record.offset();
    LogEntry entry = record.entry();
    if (entry instanceof LogEntry.Chunk chunk) {
      accept(chunk);
    } else if (entry instanceof LogEntry.Manifest manifest) {
      Version version = manifest.facts().version();
      Payload chunks = payload == null ? new Payload(version, false) : payload;
      payload = null;
      String problem =
          manifest.anchor() ? "a log must hold no anchors" : chain.foreign(offset, manifest);
      if (problem == null) {
        entries.version(offset, manifest, chunks);
      } else {
        foreign(version, offset, problem);
      }
    } else if (entry instanceof LogEntry.Claim claim) {
      String problem = problem(offset, claim, entries);
      if (problem == null) {
        chain.learn(offset, claim);
        entries.claimed();
      } else {
        foreign(null, offset, problem);
      }
    } else if (entry instanceof LogEntry.Commit commit) {
      if (!indexless) {
        awaitIndex(() -> !chain.indexed(), entries);
        indexless = !chain.indexed();
      }
      chain.learnLogged(commit.version());
      entries.committed();
    } else if (entry instanceof LogEntry.Unreadable bytes) {
      unreadable++;
      say(null, "the record at offset %d must be readable: %s".formatted(offset, bytes.reason()));
    }
  }

  private void accept(LogEntry.Chunk chunk) {
    Payload open = payload;
    if (open == null || !open.version().equals(chunk.version()) || open.restartedBy(chunk)) {
      open = new Payload(chunk.version(), false);
      payload = open;
    }
    open.add(chunk);
  }

  /**
   * What tells that a claim is not one of this log; null when nothing does. A claim is written
   * together with its record in the index, which may take a moment longer to be seen.
   */
  private @Nullable String problem(long offset, LogEntry.Claim claim, Entries entries) {
    if (chain.listed(offset, claim)) {
      return null;
    }
    long before = chain.epochAt(offset);
    if (before > 0 && claim.epoch() <= before) {
      return "a claim after attempt %d must be of a later one, got %d"
          .formatted(before, claim.epoch());
    }
    for (int polls = doubtful ? 1 : INDEX_POLLS;
        polls > 0 && chain.unlisted(offset, claim);
        polls--) {
      feed.pollIndex(INDEX_POLL);
      entries.indexed();
    }
    doubtful = chain.unlisted(offset, claim);
    unlisted = doubtful ? claim : null;
    unlistedOffset = offset;
    return doubtful
        ? "a claim must be listed in the index, that of attempt %d by %s is not"
            .formatted(claim.epoch(), claim.writer())
        : null;
  }

  /** Reads the index on while something is missing there, for a second at most. */
  private void awaitIndex(BooleanSupplier missing, Entries entries) {
    entries.indexed();
    for (int polls = doubtful ? 1 : INDEX_POLLS; polls > 0 && missing.getAsBoolean(); polls--) {
      feed.pollIndex(INDEX_POLL);
      entries.indexed();
    }
  }

  private void foreign(@Nullable Version version, long offset, String problem) {
    foreign++;
    say(version, "the record at offset %d is not of this log: %s".formatted(offset, problem));
  }

  private void say(@Nullable Version version, String problem) {
    said++;
    if (said <= SAID_IN_A_ROW) {
      String rest = said == SAID_IN_A_ROW ? "; what follows is counted and not said" : "";
      events.refused(new Refusal(version, problem + rest), false);
    }
  }
}
