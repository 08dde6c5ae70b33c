package io.freshet.search;

import java.util.LinkedHashMap;
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

  private final Side side;
  private final long capacity;
  private final Map<Long, float[]> vectors = new LinkedHashMap<>(16, 0.75f, true);
  private long floats;

  /**
   * @param capacity floats in all
   */
  DocumentVectors(Side side, long capacity) {
    this.side = side;
    this.capacity = capacity;
  }

  Side side() {
    return side;
  }

  /** [tokens][width]; null where they are not there. */
  synchronized float @Nullable [] get(CatalogueItem document) {
    return vectors.get(document.revision());
  }

  synchronized void put(CatalogueItem document, float[] made) {
    float[] before = vectors.put(document.revision(), made);
    floats += made.length - (before == null ? 0 : before.length);
    var oldest = vectors.entrySet().iterator();
    while (floats > capacity && vectors.size() > 1) {
      floats -= oldest.next().getValue().length;
      oldest.remove();
    }
  }
}
