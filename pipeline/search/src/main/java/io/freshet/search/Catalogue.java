package io.freshet.search;

import io.freshet.scoring.feature.Tokens;
import io.freshet.scoring.settings.ModelSettings.Words;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.SearcherFactory;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.search.similarities.Similarity;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.jspecify.annotations.Nullable;

/**
 * The items that there are, in memory, and Lucene's index of their words: runs of letters and
 * digits in lower case, as models read them. An item without words is known and never found. One
 * thread changes it, any number search it; changes are seen after {@link #refresh}.
 */
public final class Catalogue implements AutoCloseable {

  /** The attribute that is an item's text. */
  public static final String TEXT = "text";

  private static final String ID = "id";

  /** Lucene refuses terms beyond 32,766 bytes; what is this long names nothing. */
  private static final int LONGEST_WORD = 255;

  private static final Words ALL_WORDS = new Words(Integer.MAX_VALUE, 0, false);

  private final Bm25 bm25;
  private final List<String> searched;
  private final IndexWriter writer;
  private final SearcherManager searchers;
  private final Map<String, Known> items = new ConcurrentHashMap<>();
  private long revisions;

  /**
   * @param item null once it was removed
   */
  private record Known(long eventTime, @Nullable CatalogueItem item) {}

  /**
   * An empty catalogue.
   *
   * @param bm25 of searches that name no other
   * @param searched the attributes whose words are searched, {@value #TEXT} among others
   */
  public Catalogue(Bm25 bm25, List<String> searched) {
    this.bm25 = bm25;
    this.searched = List.copyOf(searched);
    Similarity similarity = similarity(bm25);
    try {
      writer =
          new IndexWriter(
              new ByteBuffersDirectory(),
              new IndexWriterConfig()
                  .setSimilarity(similarity)
                  .setMergeScheduler(new SerialMergeScheduler()));
      searchers =
          new SearcherManager(
              writer,
              new SearcherFactory() {
                @Override
                public IndexSearcher newSearcher(
                    IndexReader reader, @Nullable IndexReader previous) {
                  return searcher(reader, similarity);
                }
              });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Similarity similarity(Bm25 bm25) {
    return new BM25Similarity(bm25.k1(), bm25.b());
  }

  private static IndexSearcher searcher(IndexReader reader, Similarity similarity) {
    IndexSearcher searcher = new IndexSearcher(reader);
    searcher.setSimilarity(similarity);
    return searcher;
  }

  /**
   * Takes an item as it is from {@code eventTime} on; nothing where a later state is known.
   *
   * @param attributes each a String, a Double or a {@code List<String>}
   * @param text what there is to read about it, as attribute {@value #TEXT}; null = nothing more
   */
  public void put(
      String id, long eventTime, Map<String, Object> attributes, @Nullable String text) {
    Map<String, Object> all = new HashMap<>(attributes);
    if (text != null) {
      all.put(TEXT, text);
    }
    if (isOutdated(id, eventTime) || isKnown(id, eventTime, all)) {
      return;
    }
    CatalogueItem item = new CatalogueItem(id, ++revisions, eventTime, all);
    items.put(id, new Known(eventTime, item));
    List<String> words = words(item);
    try {
      if (words.isEmpty()) {
        writer.deleteDocuments(new Term(ID, id));
        return;
      }
      Document document = new Document();
      document.add(new StringField(ID, id, Field.Store.YES));
      document.add(new TextField(TEXT, new WordStream(words)));
      writer.updateDocument(new Term(ID, id), document);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The item has left at {@code eventTime}; nothing where a later state is known. */
  public void remove(String id, long eventTime) {
    if (!isOutdated(id, eventTime)) {
      items.put(id, new Known(eventTime, null));
      delete(id);
    }
  }

  /** Forgets an item, whenever it was. */
  public void forget(String id) {
    items.remove(id);
    delete(id);
  }

  private boolean isOutdated(String id, long eventTime) {
    Known known = items.get(id);
    return known != null && known.eventTime() > eventTime;
  }

  /** Whether this was put before: a feed that begins anew brings nothing new. */
  private boolean isKnown(String id, long eventTime, Map<String, Object> attributes) {
    Known known = items.get(id);
    return known != null
        && known.eventTime() == eventTime
        && known.item() != null
        && known.item().attributes().equals(attributes);
  }

  private void delete(String id) {
    try {
      writer.deleteDocuments(new Term(ID, id));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> words(CatalogueItem item) {
    List<String> words = new ArrayList<>();
    for (String name : searched) {
      if (item.attributes().get(name) instanceof String text) {
        Tokens.words(text, ALL_WORDS).forEach(word -> words.add(cut(word)));
      }
    }
    return words;
  }

  private static String cut(String word) {
    return word.length() <= LONGEST_WORD ? word : word.substring(0, LONGEST_WORD);
  }

  /** Lets searches see what has changed. */
  public void refresh() {
    try {
      searchers.maybeRefreshBlocking();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Of searches that name no other. */
  Bm25 bm25() {
    return bm25;
  }

  /** Whether an item is there as it was. */
  boolean has(CatalogueItem item) {
    Known known = items.get(item.id());
    return known != null && known.item() != null && known.item().revision() == item.revision();
  }

  /** The number of items that can be found. */
  public int size() {
    return with(searcher -> searcher.getIndexReader().numDocs());
  }

  /**
   * The items that share words with a query, BM25's best first.
   *
   * @param words each counts once, however often it is there
   */
  public List<Candidate> best(List<String> words, int atMost) {
    return best(words, atMost, bm25);
  }

  /** As {@link #best(List, int)}, by other constants: an index does not depend on them. */
  public List<Candidate> best(List<String> words, int atMost, Bm25 by) {
    BooleanQuery.Builder query = new BooleanQuery.Builder();
    Set<String> distinct = new LinkedHashSet<>();
    words.forEach(word -> distinct.add(cut(word)));
    distinct.stream()
        .limit(IndexSearcher.getMaxClauseCount())
        .forEach(
            word -> query.add(new TermQuery(new Term(TEXT, word)), BooleanClause.Occur.SHOULD));
    return with(
        shared -> {
          IndexSearcher searcher =
              by.equals(bm25) ? shared : searcher(shared.getIndexReader(), similarity(by));
          List<Candidate> found = new ArrayList<>();
          StoredFields stored = searcher.storedFields();
          for (ScoreDoc hit : searcher.search(query.build(), atMost).scoreDocs) {
            Known known = items.get(stored.document(hit.doc).get(ID));
            if (known != null && known.item() != null) {
              found.add(new Candidate(known.item(), hit.score));
            }
          }
          return found;
        });
  }

  private interface Look<T> {
    T at(IndexSearcher searcher) throws IOException;
  }

  private <T> T with(Look<T> look) {
    try {
      IndexSearcher searcher = searchers.acquire();
      try {
        return look.at(searcher);
      } finally {
        searchers.release(searcher);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      searchers.close();
      writer.rollback();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
