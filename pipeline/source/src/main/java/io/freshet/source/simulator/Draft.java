package io.freshet.source.simulator;

import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.ImpressionEvent;
import io.freshet.schema.event.QueryEvent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** An event of a block before the block is in order, and so before its index is known. */
sealed interface Draft {

  long time();

  /** Rank among drafts of the same time: what is known comes before what depends on it. */
  int rank();

  Event at(long index);

  /** Something the catalogue says. */
  record Item(Catalogue catalogue, int item, long block, boolean removed, long time)
      implements Draft {
    @Override
    public int rank() {
      return 0;
    }

    @Override
    public Event at(long index) {
      return catalogue.event(item, block, removed, time, index);
    }
  }

  /** A search, before the pages that answer it. */
  record Query(long session, int user, String text, int[] results, long time) implements Draft {

    static String name(long session) {
      return "q" + session;
    }

    @Override
    public int rank() {
      return 1;
    }

    @Override
    public Event at(long index) {
      List<String> names = Arrays.stream(results).mapToObj(Catalogue::name).toList();
      return new QueryEvent(name(session), Shopper.name(user), text, time, names, null, index);
    }
  }

  /**
   * An item on a page.
   *
   * @param session that searched for the page, or -1
   */
  record Showing(
      long ordinal,
      int item,
      int user,
      int position,
      int device,
      long session,
      double truth,
      long time)
      implements Draft {
    private static final List<Map<String, Object>> CONTEXTS =
        List.of(
            Map.of("device", Shopper.deviceName(0)),
            Map.of("device", Shopper.deviceName(1)),
            Map.of("device", Shopper.deviceName(2)));

    static String name(long ordinal) {
      return "a" + ordinal;
    }

    @Override
    public int rank() {
      return 2;
    }

    @Override
    public Event at(long index) {
      return new ImpressionEvent(
          name(ordinal),
          Catalogue.name(item),
          time,
          Shopper.name(user),
          position,
          session < 0 ? null : Query.name(session),
          CONTEXTS.get(device),
          null,
          null,
          truth,
          null,
          index);
    }
  }

  /** A click on what was shown before, perhaps in an earlier block. */
  record Click(long ordinal, int item, int user, long time) implements Draft {
    @Override
    public int rank() {
      return 3;
    }

    @Override
    public Event at(long index) {
      return new ClickEvent(
          Showing.name(ordinal),
          Catalogue.name(item),
          Shopper.name(user),
          null,
          time,
          "click",
          1.0,
          null,
          index);
    }
  }
}
