package io.freshet.cli;

import io.freshet.search.Found;
import io.freshet.search.Ranked;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** What was found, as TREC's evaluation tools read it: {@code queryId Q0 itemId rank score tag}. */
final class TrecRun {

  private static final Pattern BLANK = Pattern.compile("\\s");

  private final String tag;
  private final List<String> lines = new ArrayList<>();

  /**
   * @param tag names what ranked
   */
  TrecRun(String tag) {
    this.tag = tag;
  }

  void add(String queryId, Found found) {
    int rank = 0;
    for (Ranked ranked : found.documents()) {
      String id = ranked.item().id();
      if (BLANK.matcher(id).find()) {
        throw new CommandFailed("a TREC run can only hold ids without blanks, got item " + id);
      }
      lines.add(
          String.format(
              Locale.ROOT, "%s Q0 %s %d %.6f %s", queryId, id, ++rank, ranked.score(), tag));
    }
  }

  List<String> lines() {
    return lines;
  }
}
