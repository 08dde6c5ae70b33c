package io.freshet.source.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.freshet.schema.UndecodableRecord;
import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.ImpressionEvent;
import io.freshet.schema.event.ItemEvent;
import io.freshet.source.InvalidSource;
import io.freshet.source.Source;
import io.freshet.source.SourceChecks;
import io.freshet.source.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnlineRetailTest {

  private static final String HEADER =
      "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";
  private static final long FIRST = Instant.parse("2010-12-01T08:26:00Z").toEpochMilli();

  @TempDir Path folder;

  @Test
  void aPurchaseIsAnImpressionWithAClickBesideANegativeFromOutsideTheBasket() throws Exception {
    List<Event> events =
        events(
            "1,A,RED TEA CUP,6,2010-12-01 08:26,2.55,17850,United Kingdom",
            "1,B,\"LANTERN, WHITE\",1,2010-12-01 08:26,3.00,17850,United Kingdom",
            "2,B,\"LANTERN, WHITE\",1,2010-12-01 08:28,2.50,13047,France");

    assertThat(events)
        .containsExactly(
            item("A", "RED TEA CUP", FIRST - 1, 0, "cup", List.of("cup", "red", "tea"), 2.55),
            item("B", "LANTERN, WHITE", FIRST - 1, 1, "white", List.of("lantern", "white"), 3.0),
            impression("p2", "A", "17850", "United Kingdom", FIRST, 2),
            impression("p3", "B", "17850", "United Kingdom", FIRST, 3),
            click("p2", "A", "17850", FIRST + 1, 4),
            click("p3", "B", "17850", FIRST + 1, 5),
            impression("p4", "B", "13047", "France", FIRST + 120_000, 6),
            impression("n4", "A", "13047", "France", FIRST + 120_000, 7),
            click("p4", "B", "13047", FIRST + 120_001, 8),
            item(
                "B",
                "LANTERN, WHITE",
                FIRST + 120_002,
                9,
                "white",
                List.of("lantern", "white"),
                2.5));
  }

  @Test
  void cancellationsReturnsAndLinesWithoutACustomerAreNoPurchases() throws Exception {
    List<Event> events =
        events(
            "1,A,CUP,6,2010-12-01 08:26,2.55,17850,United Kingdom",
            "C2,A,CUP,-6,2010-12-01 08:27,2.55,17850,United Kingdom",
            "C3,A,CUP,6,2010-12-01 08:27,2.55,17850,United Kingdom",
            "4,A,CUP,-1,2010-12-01 08:28,2.55,17850,United Kingdom",
            "5,A,CUP,1,2010-12-01 08:29,2.55,,United Kingdom");

    assertThat(SourceChecks.count(events, ClickEvent.class)).isEqualTo(1);
  }

  @Test
  void allImpressionsOfAMinuteComeBeforeItsClicks() throws Exception {
    List<Event> events =
        events(
            "1,A,CUP,1,2010-12-01 08:26,1,17850,France",
            "2,B,MUG,1,2010-12-01 08:26,1,17850,France",
            "3,C,JUG,1,2010-12-01 08:26,1,13047,France");

    assertThat(events.stream().map(event -> event.getClass().getSimpleName().charAt(1)))
        .containsExactly('t', 't', 't', 'm', 'm', 'm', 'l', 'l', 'l');
  }

  @Test
  void negativesAreDrawnInProportionToPurchasesSoFarUnlessUniform() throws Exception {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 4_000; i++) {
      String item = i % 2 == 0 ? "OFTEN" : i % 20 == 1 ? "RARE" : "OWN";
      lines.add(
          i + "," + item + ",CUP,1,2010-12-01 08:26,1,17850,France".replace("08:26", time(i)));
    }

    assertThat(shareOfRare("", lines)).isCloseTo(0.1, within(0.02));
    assertThat(shareOfRare(",negatives=uniform", lines)).isCloseTo(0.5, within(0.05));
  }

  /** Among the negatives of OWN's purchases, which are OFTEN or RARE, bought 10 to 1. */
  private double shareOfRare(String option, List<String> lines) throws IOException {
    write(lines.toArray(String[]::new));
    Source source = Sources.open("online-retail:" + folder + option, 1);
    Map<String, String> bought = new HashMap<>();
    double rare = 0;
    double all = 0;
    for (Event event : SourceChecks.take(source.from(0), Integer.MAX_VALUE - 8)) {
      if (event instanceof ImpressionEvent impression) {
        String line = impression.impressionId().substring(1);
        String item = impression.itemId();
        if (impression.impressionId().startsWith("p")) {
          bought.put(line, item);
        } else {
          assertThat(item).isNotEqualTo(bought.get(line));
          if ("OWN".equals(bought.get(line))) {
            rare += item.equals("RARE") ? 1 : 0;
            all++;
          }
        }
      }
    }
    return rare / all;
  }

  private static String time(int minute) {
    return "%02d:%02d".formatted(minute / 60 % 24, minute % 60);
  }

  @Test
  void aFileThatIsMissingEmptyOrOfAnotherFormatIsNamedWithWhatIsWrong() throws Exception {
    assertThatThrownBy(() -> open(""))
        .isInstanceOf(InvalidSource.class)
        .hasMessageContaining("needs the folder that holds online_retail.csv.xz");
    Path file = folder.resolve("online_retail.csv.xz");
    Files.createFile(file);
    assertThatThrownBy(() -> open("")).hasMessageContaining("it is empty");
    Files.writeString(file, HEADER + "\n1,A,CUP");
    assertThatThrownBy(() -> open("")).hasMessageContaining("must be compressed with xz");
    XzFixture.write(file, "a,b,c", "1,2,3");
    assertThatThrownBy(() -> open(""))
        .hasMessageContaining("must begin with " + HEADER)
        .hasMessageContaining("it begins with a,b,c");
    XzFixture.write(file, HEADER);
    assertThatThrownBy(() -> open("")).hasMessageContaining("it holds none");
    XzFixture.write(file, HEADER, "1,A,CUP,many,2010-12-01 08:26,2.55,17850,France");
    assertThatThrownBy(() -> open("")).hasMessageContaining("line 2").hasMessageContaining("many");
    XzFixture.write(file, HEADER, "1,A,CUP,1,01/12/2010 08:26,2.55,17850,France");
    assertThatThrownBy(() -> open("")).hasMessageContaining("line 2");
    XzFixture.write(file, HEADER, "1,A,CUP");
    assertThatThrownBy(() -> open("")).hasMessageContaining("line 2");
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 30));
    assertThatThrownBy(() -> open("")).hasMessageContaining("cannot be read");
    assertThatThrownBy(() -> open(",negatives=many")).hasMessageContaining("came \"many\"");
  }

  @Test
  void theWholeDataSetGivesEveryPurchaseAndIsTheSameFromAnyIndex() throws UndecodableRecord {
    Path real = RealData.folder("online-retail");
    Source source = Sources.open("online-retail:" + real, 3);
    List<Event> events = SourceChecks.take(source.from(0), 2_000_000);

    assertThat(source.size()).hasValue(events.size());
    assertThat(SourceChecks.count(events, ClickEvent.class)).isEqualTo(397_924);
    assertThat(positives(events)).hasSize(397_924);
    assertThat(SourceChecks.count(events, ImpressionEvent.class))
        .isBetween(2 * 397_924L - 10, 2 * 397_924L);
    SourceChecks.isInOrder(events);
    SourceChecks.isConsistent(events);
    SourceChecks.startsAnywhere(source, events, 0, 1, 100_000, events.size() - 5);
  }

  private static Set<String> positives(List<Event> events) {
    Set<String> positives = new HashSet<>();
    for (Event event : events) {
      if (event instanceof ImpressionEvent impression
          && impression.impressionId().startsWith("p")) {
        positives.add(impression.impressionId());
      }
    }
    return positives;
  }

  private Source open(String option) {
    return Sources.open("online-retail:" + folder + option, 1);
  }

  private List<Event> events(String... lines) throws IOException {
    write(lines);
    return SourceChecks.take(open("").from(0), 1_000);
  }

  private void write(String... lines) throws IOException {
    XzFixture.write(
        folder.resolve("online_retail.csv.xz"),
        Stream.concat(Stream.of(HEADER), Stream.of(lines)).toArray(String[]::new));
  }

  private static Event item(
      String id,
      String text,
      long time,
      long index,
      String category,
      List<String> words,
      double price) {
    return new ItemEvent(
        id,
        time,
        Map.of("category", category, "words", words, "price", price),
        text,
        false,
        null,
        index);
  }

  private static Event impression(
      String id, String item, String user, String country, long time, long index) {
    return new ImpressionEvent(
        id, item, time, user, 0, null, Map.of("country", country), null, null, null, null, index);
  }

  private static Event click(String id, String item, String user, long time, long index) {
    return new ClickEvent(id, item, user, null, time, "click", 1.0, null, index);
  }
}
