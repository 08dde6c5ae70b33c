package io.freshet.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.freshet.schema.avro.Click;
import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.ImpressionEvent;
import io.freshet.schema.event.ItemEvent;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class EventCodecTest {

  private final EventCodec codec = new EventCodec();

  @ParameterizedTest
  @MethodSource("everyEvent")
  void whatIsWrittenIsRead(Event event) throws Exception {
    assertThat(codec.decode(codec.encode(event))).isEqualTo(event);
  }

  static Stream<Event> everyEvent() {
    return Stream.concat(Events.full(), Events.bare());
  }

  /**
   * The bytes come from an encoder written from the Avro specification alone, in another language.
   */
  @ParameterizedTest
  @MethodSource("golden")
  void bytesOnTheWireStayAsTheyAre(Event event, String hex) throws Exception {
    assertThat(HexFormat.of().formatHex(codec.encode(event))).isEqualTo(hex);
    assertThat(codec.decode(HexFormat.of().parseHex(hex))).isEqualTo(event);
  }

  static Stream<Arguments> golden() {
    return Stream.of(
        arguments(
            Events.ITEM,
            "c301da70b74ac8b150620669313780a0abfef962020a7072696365020000000000000c40000214"
                + "726564206b6574746c65000204653108"),
        arguments(
            Events.QUERY,
            "c301d601aa956bdf0836047139020475310c6b6574746c6588aeabfef962060669313704693404"
                + "693900020465320a"),
        arguments(
            Events.IMPRESSION,
            "c301ef3d1eff9af635bc04613106693137d0afabfef962020475310602047139020c6465766963"
                + "65000a70686f6e6500020664696e04725839b4c876be9f3f029a9999999999c93f027b14ae47e1"
                + "7aa43f020465330c"),
        arguments(
            Events.CLICK,
            "c301e6efb09d80fb4efd0204613102066931370204753102047139c0deabfef962086361727400"
                + "00000000000040020465340e"),
        arguments(Events.JUDGMENT, "c3014ef4193e6fc1bdd20471390669313704ecaeabfef9620204653510"),
        arguments(Events.HEARTBEAT, "c301aeff04c11db03aad90eeabfef9620c7265706c617912"));
  }

  @Test
  void attributesKeepTheirTypes() throws Exception {
    ItemEvent item =
        Events.item(Map.of("a", "x", "b", 0.1, "c", List.of("y", "z"), "d", List.of()));
    assertThat(codec.decode(codec.encode(item))).isEqualTo(item);
  }

  @Test
  void aDecodedEventCannotBeChanged() throws Exception {
    ItemEvent item = (ItemEvent) codec.decode(codec.encode(Events.item(Map.of("c", List.of("y")))));

    assertThatThrownBy(() -> item.attributes().put("d", 1.0))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> item.attributes().values().forEach(list -> ((List<?>) list).clear()))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void anEventThatBreaksARuleIsRefusedWhenItIsRead() {
    byte[] bytes = codec.encode(Events.click("a1", null, null, "click", Double.NaN));
    assertThatThrownBy(() -> codec.decode(bytes))
        .isInstanceOf(UndecodableRecord.class)
        .hasMessage("number must be finite, got NaN in value");
  }

  @Test
  void aMissingRequiredFieldIsRefusedWhenItIsWritten() {
    Event nameless = withoutImpressionId();
    assertThatThrownBy(() -> codec.encode(nameless))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Impression must fit its schema: impressionId must be there, got null");
  }

  @SuppressWarnings("NullAway") // what a caller without null checks can do
  private static ImpressionEvent withoutImpressionId() {
    return Events.impression(null, "u1", 0, 0);
  }

  @Test
  void aRecordWithoutValueIsRefused() {
    assertThatThrownBy(() -> codec.decode(null))
        .isInstanceOf(UndecodableRecord.class)
        .hasMessage("event must have a value, got a record without one");
  }

  @Test
  void aRecordOfAnotherTopicIsRefused() {
    byte[] letter =
        AvroCodec.of(io.freshet.schema.avro.Served.class)
            .encode(new io.freshet.schema.avro.Served("din", 1L, 2L, 0.5));
    assertThatThrownBy(() -> codec.decode(letter))
        .isInstanceOf(UndecodableRecord.class)
        .hasMessageContaining(
            "record's schema must be a known one of [Impression, Click, Item, Query");
  }

  @Test
  void aForeignProducersBareClickIsReadWithTheDefaults() throws Exception {
    byte[] bytes =
        AvroCodec.of(Click.class)
            .encode(Click.newBuilder().setImpressionId("a1").setEventTime(5).build());
    assertThat(codec.decode(bytes))
        .isEqualTo(new ClickEvent("a1", null, null, null, 5, "click", 1.0, null, -1));
  }

  @Test
  void damagedBytesAreEitherAnEventOrRefusedAndNothingElse() {
    byte[] whole = codec.encode(Events.IMPRESSION);
    Random random = new Random(1);
    int refused = 0;
    for (int trial = 0; trial < 20_000; trial++) {
      byte[] damaged = Arrays.copyOf(whole, whole.length - trial % 2);
      damaged[AvroCodec.HEADER_BYTES + random.nextInt(damaged.length - AvroCodec.HEADER_BYTES)] =
          (byte) random.nextInt();
      try {
        EventRules.check(codec.decode(damaged));
      } catch (UndecodableRecord e) {
        refused++;
      } catch (RuntimeException | Error e) {
        fail("must refuse " + HexFormat.of().formatHex(damaged), e);
      }
    }
    assertThat(refused).isBetween(10_000, 19_999);
  }
}
