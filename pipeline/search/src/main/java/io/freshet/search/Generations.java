package io.freshet.search;

import io.freshet.scoring.colbert.ColbertScorer;
import io.freshet.serving.ModelReader;
import io.freshet.serving.NoVersion;
import io.freshet.serving.Served;
import io.freshet.serving.StaleModel;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whose vectors documents have, and which version may meet them. When a version with another
 * document side comes, the one before is kept as a copy and goes on being searched with, while the
 * documents that were asked for lately are read by the new side in the background; then the
 * reader's freshest version takes over. Neither reading nor a query waits for that. Should sides
 * change faster than documents are read, the first version of the side that is ready is searched
 * with, and of those that came meanwhile only the newest is read next.
 *
 * <p>At most two sets of vectors and three copies of a state are there at once.
 */
final class Generations {

  private static final Logger LOG = LoggerFactory.getLogger(Generations.class);

  private final ModelReader reader;
  private final Catalogue catalogue;
  private final RankingModels models;
  private final Executor background;
  private final long capacity;

  // Guarded by this.
  private @Nullable DocumentVectors ready;
  private @Nullable KeptVersion kept;
  private @Nullable KeptVersion coming;
  private @Nullable KeptVersion reading;
  private boolean closed;

  /**
   * What to search with.
   *
   * @param instead a version of the very side that {@code vectors} are of; null = the reader's own,
   *     which then is one
   */
  record Choice(DocumentVectors vectors, @Nullable KeptVersion instead) {}

  /**
   * @param background reads documents; one task at a time is enough
   * @param capacity floats of a set of vectors
   */
  Generations(
      ModelReader reader,
      Catalogue catalogue,
      RankingModels models,
      Executor background,
      long capacity) {
    this.reader = reader;
    this.catalogue = catalogue;
    this.models = models;
    this.background = background;
    this.capacity = capacity;
  }

  /** What to search with while the reader serves a version of {@code side}. */
  synchronized Choice choose(DocumentVectors.Side side) {
    DocumentVectors known = ready;
    KeptVersion old = kept;
    if (known != null && known.side().equals(side)) {
      return new Choice(known, null);
    }
    if (known != null && old != null && known.side().equals(old.side())) {
      return new Choice(known, old);
    }
    // The first version, or one that nobody announced: its documents are read as they are met.
    DocumentVectors fresh = new DocumentVectors(side, capacity);
    ready = closed ? null : fresh;
    kept = null;
    return new Choice(fresh, null);
  }

  /** The reader is about to serve this one; it still serves the one before. */
  void announce(Served next) {
    DocumentVectors known = ready();
    if (known == null || !(next.scorer() instanceof ColbertScorer scorer)) {
      return;
    }
    RankingModel model = models.of(next.facts().settings());
    DocumentVectors.Side side = Ranking.sideOf(model, scorer.texts());
    boolean served = isServed(known.side());
    if (known.side().equals(side)) {
      stay(side, served);
      return;
    }
    if (isOnItsWay(side)) {
      return;
    }
    KeptVersion present = served ? reader.read(this::copy) : null;
    KeptVersion copy = KeptVersion.of(model, next);
    synchronized (this) {
      if (present != null && ready != null && ready.side().equals(present.side())) {
        kept = present;
      }
      coming = closed ? null : copy;
    }
    background.execute(this::readComing);
  }

  private synchronized @Nullable DocumentVectors ready() {
    return ready;
  }

  private boolean isServed(DocumentVectors.Side side) {
    try {
      return reader.read(
          served ->
              served.scorer() instanceof ColbertScorer scorer
                  && side.equals(
                      Ranking.sideOf(models.of(served.facts().settings()), scorer.texts())));
    } catch (NoVersion | StaleModel e) {
      return false;
    }
  }

  private KeptVersion copy(Served served) {
    return KeptVersion.of(models.of(served.facts().settings()), served);
  }

  /**
   * The reader comes to the very side that is ready: no other one is wanted, and where it is
   * already there no copy.
   */
  private synchronized void stay(DocumentVectors.Side side, boolean alreadyThere) {
    if (ready != null && ready.side().equals(side)) {
      kept = alreadyThere ? null : kept;
      coming = null;
      reading = null;
    }
  }

  /** Whether this side is being read, or next. */
  private synchronized boolean isOnItsWay(DocumentVectors.Side side) {
    if (reading != null && reading.side().equals(side)) {
      coming = null;
      return true;
    }
    return coming != null && coming.side().equals(side);
  }

  /** Lets go of all vectors and copies; a reader that goes on announces in vain. */
  synchronized void close() {
    closed = true;
    ready = null;
    kept = null;
    coming = null;
    reading = null;
  }

  private void readComing() {
    KeptVersion next;
    DocumentVectors before;
    synchronized (this) {
      next = coming;
      before = ready;
      reading = coming;
      coming = null;
    }
    if (next == null || before == null) {
      return;
    }
    try {
      DocumentVectors vectors = read(next, before);
      finish(next, vectors);
    } catch (RuntimeException e) {
      LOG.error("{} is searched with before its documents are read", next.facts().version(), e);
      finish(next, null);
    }
  }

  /**
   * @param vectors null = its documents are read as they are met
   */
  private synchronized void finish(KeptVersion next, @Nullable DocumentVectors vectors) {
    if (next.equals(reading)) {
      ready = vectors;
      kept = vectors == null ? null : next;
      reading = null;
    }
  }

  /** Those documents that were asked for lately, as far as they are still there. */
  private DocumentVectors read(KeptVersion next, DocumentVectors before) {
    DocumentVectors vectors = before.emptyOf(next.side());
    return next.with(
        scorer -> {
          Ranking ranking = new Ranking(next.model(), scorer, vectors, next.facts().eventTime());
          before.documents().stream().filter(catalogue::has).forEach(ranking::vectors);
          return vectors;
        });
  }
}
