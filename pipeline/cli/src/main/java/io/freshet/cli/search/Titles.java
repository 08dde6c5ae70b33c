package io.freshet.cli.search;

import io.freshet.search.Catalogue;
import io.freshet.search.CatalogueItem;
import java.util.List;

/** What to call an item where people read of it. */
public final class Titles {

  private static final List<String> NAMES = List.of("title", "name", Catalogue.TEXT);

  private Titles() {}

  /** Its title or name where it has one, else its text, in one line; empty without any of them. */
  public static String of(CatalogueItem item) {
    return NAMES.stream()
        .map(name -> item.attributes().get(name))
        .filter(value -> value instanceof String text && !text.isBlank())
        .map(value -> value.toString().strip().replaceAll("\\s+", " "))
        .findFirst()
        .orElse("");
  }
}
