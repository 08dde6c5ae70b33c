package io.freshet.source.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.freshet.schema.UndecodableRecord;
import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.ImpressionEvent;
import io.freshet.schema.event.ItemEvent;
import io.freshet.schema.event.QueryEvent;
import io.freshet.source.Source;
import io.freshet.source.SourceChecks;
import io.freshet.source.Sources;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The simulator as a source: order, restart, and a shop that makes sense. */
class SimulatorTest {

  private static final int EVENTS = 60_000;
  private static final List<Event> LONG_RUN =
      List.copyOf(SourceChecks.take(Sources.open("simulator", 1).from(0), 300_000));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "simulator",
        "simulator:rate=1000",
        "simulator:rate=1000000",
        "simulator:perDay=5000,users=50,items=400"
      })
  void startsAtAnyIndexWithTheSameEvents(String source) throws UndecodableRecord {
    List<Event> events = SourceChecks.take(Sources.open(source, 7).from(0), EVENTS);

    SourceChecks.isInOrder(events);
    SourceChecks.isConsistent(events);
    SourceChecks.startsAnywhere(
        Sources.open(source, 7), events, 0, 1, 399, 5_999, 6_001, 8_440, 30_000, 57_123);
  }

  @Test
  void anotherSeedIsAnotherShop() {
    List<Event> one = SourceChecks.take(Sources.open("simulator", 1).from(10_000), 1_000);
    List<Event> other = SourceChecks.take(Sources.open("simulator", 2).from(10_000), 1_000);

    assertThat(one).isNotEqualTo(other);
  }

  @Test
  void clicksComeAsOftenAsTheirTrueProbabilitySays() {
    List<Event> events = events(300_000);
    double expected = 0;
    double variance = 0;
    for (Event event : events) {
      if (event instanceof ImpressionEvent impression) {
        double truth = truth(impression);
        expected += truth;
        variance += truth * (1 - truth);
      }
    }

    assertThat((double) SourceChecks.count(events, ClickEvent.class))
        .isCloseTo(expected, within(4 * Math.sqrt(variance)));
  }

  @Test
  void pagesHaveTenPositionsThatAreLookedAtLessAndLess() {
    long[] clicks = new long[11];
    Map<String, Integer> positions = new HashMap<>();
    for (Event event : events(200_000)) {
      if (event instanceof ImpressionEvent impression) {
        positions.put(impression.impressionId(), impression.position());
      } else if (event instanceof ClickEvent click) {
        clicks[positions.getOrDefault(click.impressionId(), 0)]++;
      }
    }

    assertThat(positions.values()).containsOnly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    assertThat(clicks[0]).isZero();
    assertThat(clicks[1]).isGreaterThan(clicks[3]);
    assertThat(clicks[3]).isGreaterThan(clicks[6]);
    assertThat(clicks[6]).isGreaterThan(clicks[10]);
  }

  @Test
  void someClicksComeAfterTheWaitAndNoneAfterFiveMinutes() {
    Map<String, Long> shown = new HashMap<>();
    long late = 0;
    long clicks = 0;
    long longest = 0;
    for (Event event : events(200_000)) {
      if (event instanceof ImpressionEvent impression) {
        shown.put(impression.impressionId(), impression.eventTime());
      } else if (event instanceof ClickEvent click) {
        long delay =
            click.eventTime() - shown.getOrDefault(String.valueOf(click.impressionId()), 0L);
        longest = Math.max(longest, delay);
        late += delay > 60_000 ? 1 : 0;
        clicks++;
      }
    }

    assertThat(longest).isLessThanOrEqualTo(300_000);
    assertThat((double) late / clicks).isBetween(0.01, 0.06);
  }

  @Test
  void searchesComeBeforeThePagesThatAnswerThem() {
    Map<String, QueryEvent> queries = new HashMap<>();
    long answers = 0;
    for (Event event : events(50_000)) {
      if (event instanceof QueryEvent query) {
        queries.put(query.queryId(), query);
      } else if (event instanceof ImpressionEvent impression && impression.queryId() != null) {
        QueryEvent query = queries.get(impression.queryId());
        assertThat(query).isNotNull();
        assertThat(query.userId()).isEqualTo(impression.userId());
        assertThat(query.results()).contains(impression.itemId());
        answers++;
      }
    }

    assertThat(answers).isGreaterThan(5_000);
  }

  @Test
  void theCatalogueNeverRests() {
    Map<String, Object> prices = new HashMap<>();
    Set<String> arrived = new HashSet<>();
    long removed = 0;
    long repriced = 0;
    for (Event event : events(300_000)) {
      if (event instanceof ItemEvent item) {
        Object price = item.attributes().get("price");
        Object before = prices.put(item.itemId(), price);
        if (before == null && item.eventTime() >= Clock.START) {
          arrived.add(item.itemId());
        }
        removed += item.removed() ? 1 : 0;
        repriced += before != null && !before.equals(price) ? 1 : 0;
      }
    }

    assertThat(arrived).hasSizeGreaterThan(4_000);
    assertThat(removed).isGreaterThan(4_000);
    assertThat(repriced).isGreaterThan(1_000);
  }

  @Test
  void withARateEventTimeRunsAtThatRate() {
    List<Event> events =
        SourceChecks.take(Sources.open("simulator:rate=500", 1).from(10_000), 50_000);
    long span = events.get(events.size() - 1).eventTime() - events.get(0).eventTime();

    assertThat(span).isCloseTo(100_000L, within(6_000L));
    assertThat(Sources.open("simulator:rate=500", 1).defaults().spanMs()).isEqualTo(250);
  }

  @Test
  void settingsOutsideTheirRangeAreRefused() {
    assertThatThrownBy(() -> Sources.open("simulator:users=3", 1))
        .hasMessage("simulator: users must be from 10 to 100000000, came 3");
    assertThatThrownBy(() -> Sources.open("simulator:rate=fast", 1))
        .hasMessage("simulator: rate must be a number of events per second, came \"fast\"");
    assertThatThrownBy(() -> Sources.open("simulator:rate=NaN", 1))
        .hasMessageContaining("rate must be");
    assertThatThrownBy(() -> Sources.open("simulator:items=1e3", 1))
        .hasMessageContaining("items must be a whole number");
    assertThatThrownBy(() -> Sources.open("simulator:speed=3,colour=red", 1))
        .hasMessageContaining("items, perDay, rate, users; came colour, speed");
    assertThatThrownBy(() -> Sources.open("simulator:/tmp/x", 1))
        .hasMessageContaining("takes no path");
    assertThatThrownBy(() -> Sources.open("simulator:users=100,users=200", 1))
        .hasMessageContaining("came twice: users");
  }

  @Test
  void aNegativeIndexIsRefused() {
    Source simulator = Sources.open("simulator", 1);

    assertThatThrownBy(() -> simulator.from(-1)).hasMessageContaining("came -1");
  }

  private static List<Event> events(int count) {
    return LONG_RUN.subList(0, count);
  }

  private static double truth(ImpressionEvent impression) {
    Double truth = impression.trueClickProbability();
    return truth == null ? Double.NaN : truth;
  }
}
