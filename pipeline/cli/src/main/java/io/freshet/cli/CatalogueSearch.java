package io.freshet.cli;

import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.report.AtomicFile;
import io.freshet.cli.search.ModelSearch;
import io.freshet.cli.search.Titles;
import io.freshet.search.Found;
import io.freshet.search.Match;
import io.freshet.search.NoRanker;
import io.freshet.search.Ranked;
import io.freshet.serving.ModelReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Searches a broker's catalogue by a model, and shows what was found and why. */
final class CatalogueSearch {

  private static final int WIDTH = 70;
  private static final int SHOWN_WORDS = 8;

  private final Terminal terminal;
  private final QueryOptions options;
  private final @Nullable List<QueryFile.Query> queries;

  /** Reads the file of queries, if one is given. */
  CatalogueSearch(Terminal terminal, QueryOptions options) {
    this.terminal = terminal;
    this.options = options;
    Path file = options.queries();
    this.queries = file == null ? null : QueryFile.read(file);
  }

  /**
   * @param reader that has its first version
   */
  void run(KafkaAccess access, ModelReader reader, Duration wait) {
    String topic = access.topics().items();
    try (ModelSearch search = new ModelSearch(access, reader)) {
      String waitsFor = search.waitsFor(wait);
      if (waitsFor != null) {
        throw new CommandFailed("within %d s %s".formatted(wait.toSeconds(), waitsFor));
      }
      check(search.contents(), topic);
      if (queries == null) {
        one(search);
      } else {
        all(search, reader.model(), queries);
      }
    } catch (NoRanker e) {
      throw new WrongUse("--query and --queries: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailed("interrupted while reading " + topic, e);
    }
  }

  private void check(ModelSearch.Contents contents, String topic) {
    if (contents.unreadable() > 0) {
      terminal.note("%d records of %s could not be read".formatted(contents.unreadable(), topic));
    }
    if (contents.documents() == 0) {
      throw new CommandFailed(
          "%s must hold items with words in %s to search, it holds none"
              .formatted(topic, contents.attributes()));
    }
  }

  private void one(ModelSearch search) {
    String query = options.query() == null ? "" : options.query();
    Found found = search.find(query, options.terms());
    noteTruncated("the query", found);
    terminal.note(
        String.format(
            Locale.ROOT,
            "%,d documents searched for %d words, %d candidates ordered by %s (generation %d of its document side), %d ms behind",
            found.searched(),
            found.words().size(),
            found.candidates(),
            found.version(),
            found.generation(),
            found.staleness().toMillis()));
    if (found.documents().isEmpty()) {
      terminal.note("no document shares a word with the query");
    }
    int rank = 0;
    for (Ranked ranked : found.documents()) {
      show(++rank, ranked);
    }
  }

  private void noteTruncated(String what, Found found) {
    if (found.wordsInAll() > found.words().size()) {
      terminal.note(
          String.format(
              Locale.ROOT,
              "%s has %,d words; the first %d are searched for, as the model reads them",
              what,
              found.wordsInAll(),
              found.words().size()));
    }
  }

  private void show(int rank, Ranked ranked) {
    terminal.say(
        String.format(
            Locale.ROOT,
            "%3d  %-20s score %7.3f  bm25 %7.3f  match %6.3f  %s",
            rank,
            ranked.item().id(),
            ranked.score(),
            ranked.bm25(),
            ranked.match(),
            title(ranked)));
    if (!ranked.matches().isEmpty()) {
      terminal.say("     " + why(ranked.matches()));
    }
  }

  private static String title(Ranked ranked) {
    String title = Titles.of(ranked.item());
    return title.length() <= WIDTH ? title : title.substring(0, WIDTH - 1) + "…";
  }

  private static String why(List<Match> matches) {
    return matches.stream()
        .limit(SHOWN_WORDS)
        .map(
            match ->
                String.format(
                    Locale.ROOT,
                    "%s ~ %s %.2f",
                    match.queryWord(),
                    match.documentWord(),
                    match.similarity()))
        .collect(Collectors.joining("   "));
  }

  private void all(ModelSearch search, String model, List<QueryFile.Query> asked) {
    TrecRun run = new TrecRun(model);
    int without = 0;
    for (QueryFile.Query query : asked) {
      Found found = search.find(query.text(), options.terms());
      noteTruncated("query " + query.id(), found);
      without += found.documents().isEmpty() ? 1 : 0;
      run.add(query.id(), found);
    }
    terminal.note(
        String.format(
            Locale.ROOT,
            "%,d queries, %,d documents found; %,d queries share no word with any document",
            asked.size(),
            run.lines().size(),
            without));
    Path file = options.run();
    if (file == null) {
      run.lines().forEach(terminal::say);
    } else {
      byte[] bytes =
          run.lines().stream()
              .map(line -> line + "\n")
              .collect(Collectors.joining())
              .getBytes(StandardCharsets.UTF_8);
      AtomicFile.write(file, to -> to.write(bytes));
    }
  }
}
