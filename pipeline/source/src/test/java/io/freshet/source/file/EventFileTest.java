package io.freshet.source.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.schema.EventJson;
import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.Event;
import io.freshet.source.InvalidSource;
import io.freshet.source.Source;
import io.freshet.source.SourceChecks;
import io.freshet.source.SourceRecord;
import io.freshet.source.Sources;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFileTest {

  private static final String CLICK =
      "{\"type\":\"click\",\"impressionId\":\"a1\",\"userId\":\"u1\",\"eventTime\":1700000004000}";
  private static final String ITEM =
      "{\"type\":\"item\",\"itemId\":\"i1\",\"eventTime\":1700000000000}";

  @TempDir Path folder;

  @Test
  void readsEventsPlainAndZippedWithTheLineAsIndex() throws IOException {
    String text = ITEM + "\n\n  \r\n" + CLICK + "\r\n";

    for (Path file : List.of(plain(text), zipped(text))) {
      List<Event> events = SourceChecks.take(open(file).from(0), 10);

      assertThat(events).extracting(Event::sourceIndex).containsExactly(0L, 3L);
      assertThat(events.get(1))
          .isEqualTo(new ClickEvent("a1", null, "u1", null, 1700000004000L, "click", 1.0, null, 3));
      assertThat(SourceChecks.take(open(file).from(1), 10)).isEqualTo(events.subList(1, 2));
      assertThat(open(file).from(4).hasNext()).isFalse();
    }
  }

  @Test
  void aBadLineBecomesABadRecordWithItsBytesAndStopsNothing() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write((ITEM + "\n{\"type\":\"item\"\n").getBytes(StandardCharsets.UTF_8));
    bytes.write(new byte[] {'{', (byte) 0xC3, '\n'});
    bytes.write("{\"type\":\"item\",\"eventTime\":1}\n".getBytes(StandardCharsets.UTF_8));
    bytes.write(CLICK.getBytes(StandardCharsets.UTF_8));
    Path file = Files.write(folder.resolve("some.jsonl"), bytes.toByteArray());

    List<SourceRecord> records = new ArrayList<>();
    open(file).records(0).forEachRemaining(records::add);

    assertThat(records).extracting(SourceRecord::index).containsExactly(0L, 1L, 2L, 3L, 4L);
    assertThat(records.get(0)).isInstanceOf(SourceRecord.Good.class);
    assertThat(records.get(4)).isInstanceOf(SourceRecord.Good.class);
    assertThat(records.get(1))
        .isInstanceOfSatisfying(
            SourceRecord.Bad.class,
            bad -> {
              assertThat(bad.bytes())
                  .asString(StandardCharsets.UTF_8)
                  .isEqualTo("{\"type\":\"item\"");
              assertThat(bad.reason()).contains("JSON");
            });
    assertThat(records.get(2))
        .isInstanceOfSatisfying(
            SourceRecord.Bad.class,
            bad -> {
              assertThat(bad.bytes()).containsExactly('{', 0xC3);
              assertThat(bad.reason()).contains("UTF-8");
            });
    assertThat(records.get(3))
        .isInstanceOfSatisfying(
            SourceRecord.Bad.class, bad -> assertThat(bad.reason()).contains("itemId"));
    assertThat(SourceChecks.take(open(file).from(0), 10)).hasSize(2);
  }

  @Test
  void aLineLongerThanAnyEventIsBadAndCutAndTheNextOneIsRead() throws IOException {
    String monster = "{\"type\":\"" + "x".repeat(Lines.LONGEST) + "\"}";
    Path file = plain(ITEM + "\n" + monster + "\n" + CLICK + "\n");

    List<SourceRecord> records = new ArrayList<>();
    open(file).records(0).forEachRemaining(records::add);

    assertThat(records).hasSize(3);
    assertThat(records.get(1))
        .isInstanceOfSatisfying(
            SourceRecord.Bad.class,
            bad -> {
              assertThat(bad.bytes()).hasSize(Lines.LONGEST);
              assertThat(bad.reason()).contains("at most " + Lines.LONGEST);
            });
  }

  @Test
  void eventsOfASourceWrittenAsJsonAreTheSameEvents() throws IOException {
    List<Event> events = SourceChecks.take(Sources.open("simulator", 1).from(0), 9_000);
    EventJson json = new EventJson();
    StringBuilder text = new StringBuilder();
    events.forEach(event -> text.append(json.write(event)).append('\n'));

    assertThat(SourceChecks.take(open(zipped(text.toString())).from(0), 9_000)).isEqualTo(events);
  }

  @Test
  void aFileThatCannotBeOneIsRefusedAtOnce() throws IOException {
    assertThatThrownBy(() -> open(folder.resolve("none")))
        .isInstanceOf(InvalidSource.class)
        .hasMessageContaining("nothing is at");
    assertThatThrownBy(() -> open(folder)).hasMessageContaining("needs a file of JSON lines");
    assertThatThrownBy(() -> Sources.open("events", 1)).hasMessageContaining("needs a path");
    assertThatThrownBy(() -> open(plain(""))).hasMessageContaining("it is empty");
    assertThatThrownBy(() -> open(plain(" \n\n"))).hasMessageContaining("it is empty");
    assertThatThrownBy(() -> open(zipped(""))).hasMessageContaining("it is empty");
    assertThatThrownBy(() -> open(plain("user,item\n1,2\n")))
        .hasMessageContaining("first line begins with \"user,item\"");
    byte[] whole = Files.readAllBytes(zipped(CLICK));
    Path broken = Files.write(folder.resolve("cut.gz"), Arrays.copyOf(whole, 8));
    assertThatThrownBy(() -> open(broken)).hasMessageContaining("cannot be read");
  }

  private static Source open(Path file) {
    return Sources.open("events:" + file, 1);
  }

  private Path plain(String text) throws IOException {
    return Files.writeString(folder.resolve("events.jsonl"), text);
  }

  private Path zipped(String text) throws IOException {
    Path file = folder.resolve("events.jsonl.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return file;
  }
}
