package io.freshet.search;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The token vectors of documents, all by one state of a document side. Bounded: the document not
 * asked for longest goes first. Safe for any number of threads.
 */
final class DocumentVectors {

  /**
   * What a document side is: vectors that one made are good for a version of the same, and for no
   * other.
   *
   * @param settings of the model, as its manifests have them
   * @param hash of the document side's weights
   */
  record Side(String settings, long hash) {}

  private record Kept(CatalogueItem document, float[] vectors) {}

  private final Side side;
  private final long capacity;
  private final Map<Long, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);
  private long floats;

  /**
   * @param capacity floats in all
   */
  DocumentVectors(Side side, long capacity) {
    this.side = side;
    this.capacity = capacity;
  }

  /** None yet, of another side, with the same capacity. */
  DocumentVectors emptyOf(Side other) {
    return new DocumentVectors(other, capacity);
  }

  Side side() {
    return side;
  }

  /** [tokens][width]; null where they are not there. */
  synchronized float @Nullable [] get(CatalogueItem document) {
    Kept known = kept.get(document.revision());
    return known == null ? null : known.vectors();
  }

  synchronized void put(CatalogueItem document, float[] vectors) {
    Kept before = kept.put(document.revision(), new Kept(document, vectors));
    floats += vectors.length - (before == null ? 0 : before.vectors().length);
    var oldest = kept.entrySet().iterator();
    while (floats > capacity && kept.size() > 1) {
      floats -= oldest.next().getValue().vectors().length;
      oldest.remove();
    }
  }

  /** The documents that are there, the one not asked for longest first. */
  synchronized List<CatalogueItem> documents() {
    List<CatalogueItem> documents = new ArrayList<>(kept.size());
    kept.values().forEach(each -> documents.add(each.document()));
    return documents;
  }
}
