package io.freshet.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.QueryEvent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which topic and which partition an event goes to. */
final class EventRoutingTest {

  private final EventTopics topics = new EventTopics("shop.");

  @Test
  void everyEventHasItsTopic() {
    assertThat(topics.of(Events.IMPRESSION)).isEqualTo("shop.events.interactions");
    assertThat(topics.of(Events.CLICK)).isEqualTo("shop.events.interactions");
    assertThat(topics.of(Events.QUERY)).isEqualTo("shop.events.queries");
    assertThat(topics.of(Events.JUDGMENT)).isEqualTo("shop.events.queries");
    assertThat(topics.of(Events.ITEM)).isEqualTo("shop.catalog.items");
    assertThat(topics.events())
        .containsExactly("shop.events.interactions", "shop.events.queries", "shop.catalog.items");
    assertThat(new EventTopics("").users()).isEqualTo("features.users");
  }

  @Test
  void aHeartbeatBelongsToNoSingleTopicOrKey() {
    assertThatThrownBy(() -> topics.of(Events.HEARTBEAT))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> EventKey.of(Events.HEARTBEAT))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aPrefixThatKafkaRefusesIsRefusedAtTheDoor() {
    assertThatThrownBy(() -> new EventTopics("my shop/"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("got \"my shop/\"");
  }

  @Test
  void whatIsJoinedSharesAKey() {
    assertThat(EventKey.of(Events.IMPRESSION)).isEqualTo("u1");
    assertThat(EventKey.of(Events.CLICK)).isEqualTo("u1");
    assertThat(EventKey.of(Events.QUERY)).isEqualTo("u1");
    assertThat(EventKey.of(Events.ITEM)).isEqualTo("i17");
    assertThat(EventKey.of(Events.JUDGMENT)).isEqualTo("q9");
    assertThat(EventKey.of(Events.impression("a1", null, 0, 0))).isEqualTo("a1");
    assertThat(EventKey.of(Events.click("a1", "i17", "q9", "click", 1))).isEqualTo("a1");
    assertThat(EventKey.of(Events.click(null, "i17", "q9", "click", 1))).isEqualTo("q9");
    assertThat(EventKey.of(new QueryEvent("q9", null, "kettle", 0, List.of(), null, -1)))
        .isEqualTo("q9");
    assertThat(EventKey.bytesOf(Events.impression("é", null, 0, 0)))
        .isEqualTo("é".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aClickThatNamesNothingHasNoKey() {
    ClickEvent nothing = Events.click(null, "i17", null, "click", 1);
    assertThatThrownBy(() -> EventKey.of(nothing)).isInstanceOf(IllegalArgumentException.class);
  }
}
