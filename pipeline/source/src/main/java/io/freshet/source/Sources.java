package io.freshet.source;

import io.freshet.source.data.MovieTweetings;
import io.freshet.source.data.OnlineRetail;
import io.freshet.source.file.EventFile;
import io.freshet.source.search.Chorus;
import io.freshet.source.search.MedQuad;
import io.freshet.source.search.SciFact;
import io.freshet.source.simulator.SimulatorSource;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The sources there are, by the name that the command line knows them by: one line each. */
public final class Sources {

  private static final List<Entry> ENTRIES =
      List.of(
          new Entry("simulator", "simulator[:KEY=VALUE,...]", SimulatorSource::open),
          new Entry("online-retail", "online-retail:PATH[,negatives=uniform]", OnlineRetail::open),
          new Entry("movietweetings", "movietweetings:PATH", MovieTweetings::open),
          new Entry("chorus", searches("chorus"), Chorus::open),
          new Entry("scifact", searches("scifact"), SciFact::open),
          new Entry("medquad", searches("medquad"), MedQuad::open),
          new Entry("events", "events:PATH", EventFile::open));

  private Sources() {}

  private static String searches(String name) {
    return name + ":PATH[,clicks=position|cascade,noise=SHARE,explore=SHARE,users=N]";
  }

  /**
   * Opens what {@code source} names.
   *
   * @param source {@code NAME[:ARGUMENT]} as on the command line
   * @throws InvalidSource if there is no such source, or it cannot be read
   */
  public static Source open(String source, long seed) {
    int colon = source.indexOf(':');
    String name = colon < 0 ? source : source.substring(0, colon);
    String argument = colon < 0 ? "" : source.substring(colon + 1);
    for (Entry entry : ENTRIES) {
      if (entry.name.equals(name)) {
        return entry.opener.open(SourceArgument.parse(entry.usage, argument), seed);
      }
    }
    throw new InvalidSource(
        "a source must be one of "
            + String.join(", ", usages())
            + "; came \""
            + source
            + "\""
            + nearest(name).map(near -> "; did you mean " + near + "?").orElse(""));
  }

  /** How each source is written on the command line. */
  public static List<String> usages() {
    return ENTRIES.stream().map(Entry::usage).toList();
  }

  private static Optional<String> nearest(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return ENTRIES.stream()
        .map(Entry::name)
        .filter(
            known ->
                lower.length() > 1 && distance(lower, known) <= Math.max(2, known.length() / 3))
        .min(Comparator.comparingInt(known -> distance(lower, known)));
  }

  /** Levenshtein's edit distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }

  private record Entry(String name, String usage, Opener opener) {}

  /** Opens one kind of source. */
  private interface Opener {
    Source open(SourceArgument argument, long seed);
  }
}
