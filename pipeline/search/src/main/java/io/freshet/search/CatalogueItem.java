package io.freshet.search;

import java.util.Map;

/**
 * An entry of the catalogue as it is since {@code eventTime}.
 *
 * @param revision differs from that of every other entry, and of the same item's earlier ones
 * @param eventTime milliseconds since 1970 UTC
 * @param attributes by name, each a String, a Double or a {@code List<String>}; the text to read
 *     under {@value Catalogue#TEXT}
 */
public record CatalogueItem(
    String id, long revision, long eventTime, Map<String, Object> attributes) {

  public CatalogueItem {
    attributes = Map.copyOf(attributes);
  }
}
