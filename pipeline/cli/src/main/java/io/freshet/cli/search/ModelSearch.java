package io.freshet.cli.search;

import io.freshet.cli.http.RequestRefused;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.modellog.VersionFacts;
import io.freshet.search.Bm25;
import io.freshet.search.Catalogue;
import io.freshet.search.CatalogueFeed;
import io.freshet.search.Found;
import io.freshet.search.NoRanker;
import io.freshet.search.RankingModel;
import io.freshet.search.Searcher;
import io.freshet.serving.ModelReader;
import io.freshet.serving.NoVersion;
import io.freshet.serving.StaleModel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * Searches the catalogue by whatever model a reader serves. Nobody who never asks pays for it: the
 * catalogue is read from when it is first asked for. Should a served name come to stand for a model
 * that reads other attributes of items, the catalogue is indexed anew by those, and searched as it
 * was until that is done. Safe for any number of threads.
 */
public final class ModelSearch implements AutoCloseable {

  private final KafkaAccess kafka;
  private final ModelReader reader;

  /** Held for reading by searches, so that what they search is not closed under them. */
  private final ReadWriteLock searching = new ReentrantReadWriteLock();

  private volatile @Nullable Open searched;

  // Guarded by this.
  private @Nullable Indexed newest;
  private @Nullable Reads reads;
  private boolean closed;

  /** What settings say of the attributes that are read as documents. */
  private record Reads(String settings, List<String> attributes) {}

  /** The catalogue, by some of its attributes. */
  private record Indexed(List<String> attributes, Catalogue catalogue, CatalogueFeed feed)
      implements AutoCloseable {

    static Indexed by(List<String> attributes, KafkaAccess kafka) {
      Catalogue catalogue = new Catalogue(Bm25.DEFAULT, attributes);
      return new Indexed(
          attributes, catalogue, CatalogueFeed.open(kafka.client(), kafka.topics(), catalogue));
    }

    @Override
    public void close() {
      feed.close();
      catalogue.close();
    }
  }

  private record Open(Indexed indexed, Searcher searcher) implements AutoCloseable {

    @Override
    public void close() {
      searcher.close();
      indexed.close();
    }
  }

  /** The reader stays the caller's to close, after this. */
  public ModelSearch(KafkaAccess kafka, ModelReader reader) {
    this.kafka = kafka;
    this.reader = reader;
  }

  /**
   * Begins to read the catalogue, where that has not begun, and waits until all of it was read that
   * there was at the beginning.
   *
   * @return null when it was; what is waited for when it was not
   * @throws NoVersion before the reader's first version
   * @throws NoRanker if its model does not search
   */
  public @Nullable String waitsFor(Duration patience) throws InterruptedException {
    Indexed wanted = wanted();
    if (searched != null || wanted.feed().awaitCaughtUp(patience)) {
      return null;
    }
    String problem = wanted.feed().problem();
    return "%s must be read first; %s"
        .formatted(kafka.topics().items(), problem == null ? "reading goes on" : problem);
  }

  /**
   * Searches what {@link #waitsFor} has waited for.
   *
   * @throws NoVersion before the reader's first version
   * @throws NoRanker if its model does not search
   * @throws StaleModel beyond the reader's staleness limit
   */
  public Found find(String query, SearchTerms terms) {
    follow();
    searching.readLock().lock();
    try {
      Open open = searched;
      if (open == null) {
        throw new IllegalStateException("a catalogue must be read before it is searched");
      }
      return open.searcher().search(query, terms.top(), terms.weight(), terms.bm25());
    } finally {
      searching.readLock().unlock();
    }
  }

  /**
   * Searches for a request.
   *
   * @param patience with the catalogue
   * @throws RequestRefused where that cannot be answered, or not yet
   */
  public Found answer(String query, SearchTerms terms, Duration patience) {
    try {
      String waitsFor = waitsFor(patience);
      if (waitsFor != null) {
        throw new RequestRefused(503, waitsFor);
      }
      return find(query, terms);
    } catch (NoVersion | StaleModel e) {
      throw new RequestRefused(503, String.valueOf(e.getMessage()));
    } catch (NoRanker e) {
      throw RequestRefused.bad(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RequestRefused(503, "interrupted while the catalogue was read");
    }
  }

  /** The catalogue as the model wants it, there or coming. */
  private synchronized Indexed wanted() {
    if (closed) {
      throw new NoVersion("this process ends");
    }
    List<String> attributes = attributes();
    Open open = searched;
    Indexed known = newest;
    if (known != null && known.attributes().equals(attributes)) {
      return known;
    }
    if (known != null && !isSearched(known)) {
      known.close();
    }
    Indexed next =
        open != null && open.indexed().attributes().equals(attributes)
            ? open.indexed()
            : Indexed.by(attributes, kafka);
    newest = next;
    return next;
  }

  private boolean isSearched(Indexed catalogue) {
    Open open = searched;
    return open != null && open.indexed().equals(catalogue);
  }

  private synchronized List<String> attributes() {
    VersionFacts facts = reader.stats().facts();
    if (facts == null) {
      throw new NoVersion(
          "model %s must have a version, none has come yet".formatted(reader.model()));
    }
    Reads known = reads;
    if (known == null || !known.settings().equals(facts.settings())) {
      known = new Reads(facts.settings(), RankingModel.of(facts.settings()).documentAttributes());
      reads = known;
    }
    return known.attributes();
  }

  /** Goes over to the catalogue as the model wants it, once that is read. */
  private synchronized void follow() {
    Indexed next = wanted();
    if (!next.feed().isCaughtUp() || isSearched(next)) {
      return;
    }
    search(new Open(next, Searcher.open(reader, next.catalogue())));
  }

  /** Lets searches go to {@code next} from now on, and closes what they went to. */
  private synchronized void search(@Nullable Open next) {
    Open before = searched;
    searching.writeLock().lock();
    searched = next;
    searching.writeLock().unlock();
    if (before != null) {
      before.close();
    }
  }

  /** What there is of the catalogue so far. */
  public synchronized Contents contents() {
    Indexed known = newest;
    return known == null
        ? new Contents(List.of(), 0, 0)
        : new Contents(known.attributes(), known.catalogue().size(), known.feed().unreadable());
  }

  /**
   * A catalogue's.
   *
   * @param attributes of items in which words are looked for
   * @param documents that can be found
   * @param unreadable records that were none
   */
  public record Contents(List<String> attributes, int documents, long unreadable) {

    public Contents {
      attributes = List.copyOf(attributes);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    Indexed known = newest;
    if (known != null && !isSearched(known)) {
      known.close();
    }
    newest = null;
    search(null);
  }
}
