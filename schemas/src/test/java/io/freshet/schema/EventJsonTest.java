package io.freshet.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.Heartbeat;
import io.freshet.schema.event.ImpressionEvent;
import io.freshet.schema.event.ItemEvent;
import io.freshet.schema.event.JudgmentEvent;
import io.freshet.schema.event.QueryEvent;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class EventJsonTest {

  private final EventJson json = new EventJson();

  @Test
  void theDocumentedLinesAreRead() throws Exception {
    assertThat(
            json.read(
                """
                {"type":"item","itemId":"i17","eventTime":1700000000000,"attributes":{"category":"c4","price":3.5},"text":"red kettle","removed":false}
                """,
                0))
        .isEqualTo(
            new ItemEvent(
                "i17",
                1700000000000L,
                Map.of("category", "c4", "price", 3.5),
                "red kettle",
                false,
                null,
                0));
    assertThat(
            json.read(
                """
                {"type":"query","queryId":"q9","userId":"u1","text":"kettle","eventTime":1700000000900,"results":["i17","i4","i9"]}
                """,
                1))
        .isEqualTo(
            new QueryEvent(
                "q9", "u1", "kettle", 1700000000900L, List.of("i17", "i4", "i9"), null, 1));
    assertThat(
            json.read(
                """
                {"type":"impression","impressionId":"a1","itemId":"i17","eventTime":1700000001000,"userId":"u1","position":3,"queryId":"q9",
                 "context":{"device":"phone"},"served":{"model":"din","version":57,"score":0.031},"propensity":0.2,"trueClickProbability":0.04}
                """,
                2))
        .isEqualTo(
            new ImpressionEvent(
                "a1",
                "i17",
                1700000001000L,
                "u1",
                3,
                "q9",
                Map.of("device", "phone"),
                new ImpressionEvent.Served("din", 0, 57, 0.031),
                0.2,
                0.04,
                null,
                2));
    assertThat(
            json.read(
                """
                {"type":"click","impressionId":"a1","itemId":"i17","userId":"u1","eventTime":1700000004000,"action":"click","value":1.0}
                """,
                3))
        .isEqualTo(new ClickEvent("a1", "i17", "u1", null, 1700000004000L, "click", 1.0, null, 3));
    assertThat(
            json.read(
                """
                {"type":"judgment","queryId":"q9","itemId":"i17","grade":2,"eventTime":1700000000950}
                """,
                4))
        .isEqualTo(new JudgmentEvent("q9", "i17", 2, 1700000000950L, null, 4));
  }

  @ParameterizedTest
  @MethodSource("everyEvent")
  void whatIsWrittenIsRead(Event event) throws Exception {
    String line = json.write(event);

    assertThat(line).doesNotContain("\n").doesNotContain("null");
    assertThat(json.read(line, event.sourceIndex())).isEqualTo(event);
  }

  static Stream<Event> everyEvent() {
    return Stream.concat(Events.full(), Events.bare())
        .filter(event -> !(event instanceof Heartbeat));
  }

  @Test
  void attributesKeepTheirTypesAndAWholeNumberIsANumber() throws Exception {
    Event item =
        json.read(
            "{'type':'item','itemId':'i','eventTime':0,'attributes':{'n':3,'t':['a','b']}}"
                .replace('\'', '"'),
            0);

    assertThat(((ItemEvent) item).attributes()).isEqualTo(Map.of("n", 3.0, "t", List.of("a", "b")));
    assertThat(json.read(json.write(item), 0)).isEqualTo(item);
  }

  @Test
  void unknownFieldsAreIgnoredAndNullMeansAbsent() throws Exception {
    Event click =
        json.read(
            "{'type':'click','impressionId':'a1','userId':null,'eventTime':5,'colour':{'a':[1]},'value':null}"
                .replace('\'', '"'),
            9);

    assertThat(click).isEqualTo(new ClickEvent("a1", null, null, null, 5, "click", 1.0, null, 9));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          {"itemId":"i"} | type must be there, got {"itemId":"i"}
          {"type":"heartbeat","eventTime":1,"producer":"p"} | type must be item, query, impression, click or judgment, got "heartbeat"
          {"type":7} | type must be a string, got 7
          {"type":"click","impressionId":"a1"} | eventTime must be there, got {"type":"click","impressionId":"a1"}
          {"type":"click","impressionId":"a1","eventTime":null} | eventTime must be there, got {"type":"click","impressionId":"a1","eventTime":null}
          {"type":"click","impressionId":"a1","eventTime":"5"} | eventTime must be a 64-bit integer, got "5"
          {"type":"click","impressionId":"a1","eventTime":5.5} | eventTime must be a 64-bit integer, got 5.5
          {"type":"click","impressionId":"a1","eventTime":99999999999999999999} | eventTime must be a 64-bit integer, got 99999999999999999999
          {"type":"click","impressionId":1,"eventTime":5} | impressionId must be a string, got 1
          {"type":"click","impressionId":"a1","eventTime":5,"value":"x"} | value must be a number, got "x"
          {"type":"click","impressionId":"a1","eventTime":5,"value":1e999} | number must be finite, got Infinity in value
          {"type":"click","impressionId":"","eventTime":5} | id must be 1 to 1024 bytes, got 0 in impressionId
          {"type":"click","eventTime":5} | click must name impressionId, or queryId and itemId, got queryId=null and itemId=null
          {"type":"item","itemId":"i","eventTime":5,"removed":"yes"} | removed must be true or false, got "yes"
          {"type":"item","itemId":"i","eventTime":5,"attributes":[]} | attributes must be an object, got []
          {"type":"item","itemId":"i","eventTime":5,"attributes":{"a":true}} | attributes.a must be a string, a number or a list of strings, got true
          {"type":"item","itemId":"i","eventTime":5,"attributes":{"a":["x",1]}} | attributes.a must be a list of strings, got 1
          {"type":"query","queryId":"q","text":"t","eventTime":5,"results":"i1"} | results must be a list of strings, got "i1"
          {"type":"judgment","queryId":"q","itemId":"i","eventTime":5,"grade":1.5} | grade must be a 32-bit integer, got 1.5
          {"type":"judgment","queryId":"q","itemId":"i","eventTime":5} | grade must be there, got {"type":"judgment","queryId":"q","itemId":"i","eventTime":5}
          {"type":"impression","impressionId":"a","itemId":"i","eventTime":5,"served":{"model":"din","score":1}} | served.version must be there, got {"model":"din","score":1}
          {"type":"impression","impressionId":"a","itemId":"i","eventTime":5,"position":3000000000} | position must be a 32-bit integer, got 3000000000
          [1,2] | event must be one JSON object, got [1,2]
          ~ ~ | event must be one JSON object, got an empty line
          """)
  void aWrongLineIsRefusedByFieldAndWhatCame(String line, String message) {
    assertThatThrownBy(() -> json.read(line, 0))
        .isInstanceOf(UndecodableRecord.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          {"type":"click","impressionId":"a1"
          {"type":"click","impressionId":"a1","eventTime":5} {"type":"click"}
          {"type":"click","impressionId":"a1","impressionId":"a2","eventTime":5}
          {"type":"click","impressionId":"a1","eventTime":5,"value":NaN}
          PK\u0003\u0004 not JSON
          """)
  void aLineThatIsNotOneJsonObjectIsRefused(String line) {
    assertThatThrownBy(() -> json.read(line, 0))
        .isInstanceOf(UndecodableRecord.class)
        .hasMessageStartingWith("event must be one JSON object, got " + line.substring(0, 10));
  }

  @Test
  void aMessageShowsTheBeginningOfALongValueOnly() {
    String line = "{\"type\":\"" + "x".repeat(100_000) + "\"}";
    assertThatThrownBy(() -> json.read(line, 0))
        .hasMessageEndingWith("xxx... (100000 characters)\"")
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200));
  }

  @Test
  void aHeartbeatIsWrittenForPeopleToSee() {
    assertThat(json.write(Events.HEARTBEAT))
        .isEqualTo("{\"type\":\"heartbeat\",\"eventTime\":1700000005000,\"producer\":\"replay\"}");
  }
}
