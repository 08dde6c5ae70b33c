package io.freshet.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.faults.RoughSource.Roughness;
import io.freshet.schema.event.Event;
import io.freshet.source.Sources;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoughSourceTest {

  private static RoughSource source() {
    return new RoughSource(Sources.open("simulator:items=400,users=300,rate=300", 5), 5);
  }

  private static List<Event> some(Iterator<Event> events, int count) {
    List<Event> some = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      some.add(events.next());
    }
    return some;
  }

  @Test
  void aRoughSourceStartsAgainAtAnyIndexWithTheSameEvents() {
    List<Event> all = some(source().from(0), 3_000);
    assertThat(all).extracting(Event::sourceIndex).isSorted().doesNotHaveDuplicates();
    for (int i = 1; i < 3_000; i += 97) {
      List<Event> again = some(source().from(all.get(i).sourceIndex()), 5);
      assertThat(again.get(0)).isEqualTo(all.get(i));
    }
  }

  @Test
  void everyRoughnessMeetsSomeEventsAndIsCounted() {
    assertThat(source().counts(20_000)).containsOnlyKeys(Roughness.values());
  }

  @Test
  void aSourceThatIsToldToEndHasNoMoreEvents() {
    RoughSource source = source();
    Iterator<Event> events = source.from(0);
    assertThat(events.hasNext()).isTrue();
    source.end();
    assertThat(events.hasNext()).isFalse();
  }
}
