package io.freshet.source.search;

import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.ImpressionEvent;
import io.freshet.schema.event.ItemEvent;
import io.freshet.schema.event.JudgmentEvent;
import io.freshet.schema.event.QueryEvent;
import io.freshet.source.Source;
import io.freshet.source.clicks.Chance;
import io.freshet.source.clicks.Grades;
import io.freshet.source.search.SearchCollection.Document;
import io.freshet.source.search.SearchCollection.Query;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.PriorityQueue;

/**
 * An endless stream of searches in a collection: first all documents, then one search after the
 * other. A search draws a user and a query, both with a density proportional to rank^-0.5 (queries
 * in an order drawn by the seed), and shows a page of {@value SearchStream#PAGE}: mostly {@link
 * Bm25}'s best in its order, and for a stated share of the pages a random draw from its {@value
 * SearchStream#CANDIDATES} candidates in random order. So the propensity of a document at a
 * position is known exactly. The judgments of what is shown come with the search; clicks are
 * simulated from them, and their true probabilities are known too.
 */
public final class SearchSource implements Source {

  /** 2024-01-01T00:00:00Z, the same for every run. */
  private static final long START = 1_704_067_200_000L;

  private static final long PAGE_DELAY_MS = 200;
  private static final double CLICK_DELAY_MS = 8_000;
  private static final long LONGEST_CLICK_DELAY_MS = 300_000;

  private final SearchCollection collection;
  private final SearchStream stream;
  private final Grades grades;
  private final long seed;
  private final List<Query> queries;
  private final Bm25 ranker;
  private final Map<Integer, int[]> candidates = new HashMap<>();

  public SearchSource(SearchCollection collection, SearchStream stream, long seed) {
    this.collection = collection;
    this.stream = stream;
    this.grades = new Grades(collection.highestGrade(), stream.noise());
    this.seed = seed;
    this.queries = shuffled(collection.queries(), new Chance(seed, -1));
    this.ranker = new Bm25(collection.documents().stream().map(Document::text).toList());
  }

  private static List<Query> shuffled(List<Query> queries, Chance chance) {
    List<Query> order = new ArrayList<>(queries);
    for (int i = order.size() - 1; i > 0; i--) {
      int other = chance.below(i + 1);
      Query query = order.get(i);
      order.set(i, order.get(other));
      order.set(other, query);
    }
    return List.copyOf(order);
  }

  @Override
  public String name() {
    return collection.name();
  }

  @Override
  public String labels() {
    return stream.labels();
  }

  @Override
  public StreamDefaults defaults() {
    return new StreamDefaults(100, 60_000, 3_600_000);
  }

  @Override
  public OptionalLong size() {
    return OptionalLong.empty();
  }

  @Override
  public Iterator<Event> from(long index) {
    if (index < 0) {
      throw new IllegalArgumentException("index must not be negative, came " + index);
    }
    return new Events(index);
  }

  private synchronized int[] candidates(int query) {
    return candidates.computeIfAbsent(
        query, q -> ranker.top(queries.get(q).text(), SearchStream.CANDIDATES));
  }

  /** What a page shows by position, as indexes in the collection. */
  private int[] page(int query, Chance chance) {
    int[] best = candidates(query);
    int[] shown = best.clone();
    int size = Math.min(SearchStream.PAGE, best.length);
    if (chance.unit() < stream.explore()) {
      for (int i = 0; i < size; i++) {
        int other = i + chance.below(shown.length - i);
        int document = shown[i];
        shown[i] = shown[other];
        shown[other] = document;
      }
    }
    return Arrays.copyOf(shown, size);
  }

  /** Events are cheap to make, so those before the first wanted one are made and let go. */
  private final class Events implements Iterator<Event> {

    private final ArrayDeque<Event> made = new ArrayDeque<>();
    private final PriorityQueue<ClickEvent> clicks =
        new PriorityQueue<>(
            Comparator.comparingLong(ClickEvent::eventTime)
                .thenComparing(click -> String.valueOf(click.impressionId())));
    private final long first;
    private long index;
    private long search;
    private long time = START;

    Events(long first) {
      this.first = first;
      this.index = Math.min(first, collection.documents().size());
    }

    @Override
    public boolean hasNext() {
      return true;
    }

    @Override
    public Event next() {
      while (made.isEmpty()) {
        makeMore();
      }
      return made.remove();
    }

    private void add(Event event) {
      if (index >= first) {
        made.add(event);
      }
      index++;
    }

    private void makeMore() {
      List<Document> documents = collection.documents();
      if (index < documents.size()) {
        Document document = documents.get((int) index);
        add(
            new ItemEvent(
                document.id(),
                START - documents.size() + index,
                document.attributes(),
                document.text(),
                false,
                null,
                index));
        return;
      }
      Chance chance = new Chance(seed, search);
      long next =
          time
              + PAGE_DELAY_MS
              + 1
              + (long) (-StrictMath.log(1 - chance.unit()) * SearchStream.GAP_MS);
      clickBefore(next);
      time = next;
      play(chance);
      search++;
    }

    private void clickBefore(long until) {
      while (!clicks.isEmpty() && clicks.peek().eventTime() < until) {
        ClickEvent click = clicks.remove();
        add(
            new ClickEvent(
                click.impressionId(),
                click.itemId(),
                click.userId(),
                click.queryId(),
                click.eventTime(),
                click.action(),
                click.value(),
                null,
                index));
      }
    }

    private void play(Chance chance) {
      String user = "u" + ranked(stream.users(), chance);
      int number = ranked(queries.size(), chance);
      Query query = queries.get(number);
      int[] page = page(number, chance);
      String name = "q" + search;
      List<String> results = new ArrayList<>();
      double[] attractions = new double[page.length];
      for (int i = 0; i < attractions.length; i++) {
        String id = collection.documents().get(page[i]).id();
        results.add(id);
        attractions[i] = grades.attraction(query.grades().getOrDefault(id, 0));
      }
      add(new QueryEvent(name, user, query.text(), time, results, null, index));
      for (String id : results) {
        Integer grade = query.grades().get(id);
        if (grade != null) {
          add(new JudgmentEvent(name, id, grade, time, null, index));
        }
      }
      double[] looked = stream.clicks().examinations(attractions);
      double[] truth = stream.clicks().probabilities(attractions);
      boolean[] clicked = stream.clicks().draw(attractions, chance);
      long shownAt = time + PAGE_DELAY_MS;
      clickBefore(shownAt);
      for (int i = 0; i < attractions.length; i++) {
        String impression = name + "-" + (i + 1);
        if (clicked[i]) {
          clicks.add(
              new ClickEvent(
                  impression,
                  results.get(i),
                  user,
                  name,
                  shownAt + delay(chance),
                  "click",
                  1,
                  null,
                  Event.NO_SOURCE_INDEX));
        }
        add(
            new ImpressionEvent(
                impression,
                results.get(i),
                shownAt,
                user,
                i + 1,
                name,
                Map.of(),
                null,
                looked[i] > 0 ? (Double) looked[i] : null,
                truth[i],
                null,
                index));
      }
    }
  }

  private static int ranked(int size, Chance chance) {
    double unit = chance.unit();
    return (int) (size * unit * unit);
  }

  /** Log-normal, as the simulated shop's: half of the clicks come within 8 seconds. */
  private static long delay(Chance chance) {
    double ms = CLICK_DELAY_MS * StrictMath.exp(1.1 * chance.normal());
    return (long) Math.min(LONGEST_CLICK_DELAY_MS, Math.max(400, ms));
  }
}
