package io.freshet.source.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.schema.UndecodableRecord;
import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.ImpressionEvent;
import io.freshet.schema.event.ItemEvent;
import io.freshet.source.Source;
import io.freshet.source.SourceChecks;
import io.freshet.source.Sources;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MovieTweetingsTest {

  private static final String[] MOVIES = {
    "0002844::Fantômas - À l'ombre (1913)::Crime|Drama", "0004936::Untitled::"
  };

  @TempDir Path folder;

  @Test
  void ratingsComeInTimeOrderAndEightAndUpIsAClickASecondLater() throws IOException {
    write(MOVIES, "1::0004936::8::101", "1::0002844::7::102", "2::0002844::10::101");

    assertThat(SourceChecks.take(open().from(0), 100))
        .containsExactly(
            new ItemEvent("0004936", 100_999, Map.of(), "Untitled", false, null, 0),
            new ItemEvent(
                "0002844",
                100_999,
                Map.of("category", "Crime", "genres", List.of("Crime", "Drama"), "year", 1913.0),
                "Fantômas - À l'ombre",
                false,
                null,
                1),
            impression("r1", "0004936", "1", 101_000, 2),
            impression("r3", "0002844", "2", 101_000, 3),
            impression("r2", "0002844", "1", 102_000, 4),
            click("r1", "0004936", "1", 102_000, 5),
            click("r3", "0002844", "2", 102_000, 6));
  }

  @Test
  void aBrokenLineIsNamed() throws IOException {
    write(MOVIES, "1::0004936::8::101", "1::0004936::good::102");
    assertThatThrownBy(this::open)
        .hasMessageContaining("line 2 must be user::movie::rating::seconds")
        .hasMessageContaining("good");
    write(MOVIES, "1::0004936::8");
    assertThatThrownBy(this::open).hasMessageContaining("line 1").hasMessageContaining("came 3");
    write(MOVIES, "1::77::8::101");
    assertThatThrownBy(this::open).hasMessageContaining("came 77");
    write(new String[] {"a,b,c"}, "1::77::8::101");
    assertThatThrownBy(this::open)
        .hasMessageContaining("line 1 must be movie::title (year)::genre|genre");
  }

  @Test
  void theWholeDataSetGivesEveryRatingAndIsTheSameFromAnyIndex() throws UndecodableRecord {
    Path real = RealData.folder("movietweetings");
    Source source = Sources.open("movietweetings:" + real, 1);
    List<Event> events = SourceChecks.take(source.from(0), 1_000_000);

    assertThat(source.size()).hasValue(events.size());
    assertThat(SourceChecks.count(events, ImpressionEvent.class)).isEqualTo(100_000);
    assertThat(SourceChecks.count(events, ItemEvent.class)).isEqualTo(10_506);
    SourceChecks.isInOrder(events);
    SourceChecks.isConsistent(events);
    SourceChecks.startsAnywhere(source, events, 0, 1, 77_777, events.size() - 5);
  }

  private Source open() {
    return Sources.open("movietweetings:" + folder, 1);
  }

  private void write(String[] movies, String... ratings) throws IOException {
    XzFixture.write(folder.resolve("movies.dat.xz"), movies);
    XzFixture.write(folder.resolve("ratings.dat.xz"), ratings);
  }

  private static Event impression(String id, String item, String user, long time, long index) {
    return new ImpressionEvent(
        id, item, time, user, 0, null, Map.of(), null, null, null, null, index);
  }

  private static Event click(String id, String item, String user, long time, long index) {
    return new ClickEvent(id, item, user, null, time, "click", 1.0, null, index);
  }
}
