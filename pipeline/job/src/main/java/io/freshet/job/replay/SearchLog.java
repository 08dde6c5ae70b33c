package io.freshet.job.replay;

import io.freshet.job.Entry;
import io.freshet.job.input.InputRecord;
import io.freshet.schema.EventIdentity;
import io.freshet.schema.event.JudgmentEvent;
import io.freshet.schema.event.QueryEvent;
import io.freshet.scoring.feature.Ids;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All queries at one event time after the other: turns the entries of a {@link Shop} into those of
 * the models that rank. At each time, in this order: queries are asked, judgments are given,
 * impressions are shown, labels become known, windows close.
 */
final class SearchLog {

  private static final long KEPT_MS = 3_600_000;
  private static final int LONGEST_TEXT = 4_096;

  private final long waitMs;
  private final Map<String, Search> searches = new HashMap<>();
  private final Map<String, Shown> labels = new HashMap<>();
  private final TreeMap<Long, List<Page>> ends = new TreeMap<>();

  private static final class Search {
    @Nullable String text;
    final Map<String, Integer> grades = new HashMap<>();
    @Nullable Page newest;
    long lastTime = Long.MIN_VALUE;
  }

  private static final class Page {
    final Search search;
    final String query;
    final long opened;
    final List<Shown> shown = new ArrayList<>();
    long closes;

    Page(Search search, String query, long opened) {
      this.search = search;
      this.query = query;
      this.opened = opened;
    }
  }

  private static final class Shown {
    final Entry.Predict entry;
    Entry.@Nullable Train label;

    Shown(Entry.Predict entry) {
      this.entry = entry;
    }
  }

  SearchLog(long waitMs) {
    this.waitMs = waitMs;
  }

  /** The next event time at which something happens by itself; the last there is, for none. */
  long nextEnd() {
    return ends.isEmpty() ? Long.MAX_VALUE : ends.firstKey();
  }

  /**
   * What one event time gives.
   *
   * @param entries of the shop at that time
   */
  List<Entry> at(long time, List<InputRecord> records, List<Entry> entries) {
    records.stream()
        .filter(record -> record.event() instanceof QueryEvent)
        .sorted(
            Comparator.<InputRecord>comparingLong(r -> EventIdentity.of(r.event()).low())
                .thenComparingInt(InputRecord::partition)
                .thenComparingLong(InputRecord::offset))
        .map(record -> (QueryEvent) record.event())
        .forEach(query -> ask(query, time));
    records.stream()
        .filter(record -> record.event() instanceof JudgmentEvent)
        .sorted(
            Comparator.<InputRecord>comparingLong(r -> EventIdentity.of(r.event()).low())
                .thenComparingInt(InputRecord::partition)
                .thenComparingLong(InputRecord::offset))
        .map(record -> (JudgmentEvent) record.event())
        .forEach(
            judgment ->
                search(judgment.queryId(), time).grades.put(judgment.itemId(), judgment.grade()));
    List<Entry> out = new ArrayList<>();
    for (Entry entry : entries) {
      if (entry instanceof Entry.Predict predict && predict.queryId() != null) {
        out.add(show(predict, predict.queryId()));
      }
    }
    for (Entry entry : entries) {
      if (entry instanceof Entry.Train train && train.queryId() != null) {
        Shown shown = labels.remove(train.exampleId());
        if (shown == null) {
          throw new IllegalStateException("a label needs its impression: " + train);
        }
        shown.label = train;
      }
    }
    List<Page> over = ends.remove(time);
    if (over != null) {
      for (Page page : over) {
        if (page.closes == time) {
          close(page, out);
        }
      }
    }
    return out;
  }

  /** What is known of a query, after it was forgotten if nothing came for long. */
  private Search search(String query, long time) {
    Search search = searches.computeIfAbsent(query, q -> new Search());
    if (search.lastTime != Long.MIN_VALUE
        && time - search.lastTime > Math.max(KEPT_MS, 2 * waitMs)) {
      search.text = null;
      search.grades.clear();
    }
    search.lastTime = time;
    return search;
  }

  private void ask(QueryEvent query, long time) {
    Search search = search(query.queryId(), time);
    if (search.text == null) {
      String text = query.text();
      if (text.length() > LONGEST_TEXT) {
        int length = LONGEST_TEXT;
        if (Character.isSurrogatePair(text.charAt(length - 1), text.charAt(length))) {
          length--;
        }
        text = text.substring(0, length);
      }
      search.text = text;
    }
  }

  private Entry show(Entry.Predict entry, String query) {
    Search search = search(query, entry.time());
    Page page = search.newest;
    if (page == null || entry.time() - page.opened > waitMs) {
      page = new Page(search, query, entry.time());
      search.newest = page;
    }
    Shown shown = new Shown(entry);
    page.shown.add(shown);
    labels.put(entry.exampleId(), shown);
    page.closes = entry.time() + waitMs;
    List<Page> closing = ends.computeIfAbsent(page.closes, t -> new ArrayList<>());
    if (!closing.contains(page)) {
      closing.add(page);
    }
    return entry.withQuery(search.text);
  }

  private static void close(Page page, List<Entry> out) {
    for (Shown shown : page.shown) {
      Entry.Train label = shown.label;
      if (label == null) {
        throw new IllegalStateException("a page closes after its labels: " + shown.entry);
      }
      out.add(
          label.in(
              page.closes,
              new Entry.Place(
                  Ids.of(page.query),
                  shown.entry.instance().position(),
                  page.search.grades.get(shown.entry.instance().itemId()))));
    }
  }
}
