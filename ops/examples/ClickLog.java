import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Turns a shop's own click log into events, in the order of their times: the worked example of
 * docs/BRING-YOUR-OWN-EVENTS.md. Yours has other columns; change {@link #shown}'s callers.
 *
 * <pre>
 * sample csv|json     writes a small log to play with
 * waits csv|json LOG  says how soon clicks come, to choose labels.wait by
 * csv LOG             one line for each product shown: shown_at,user,product,category,price,rank,clicked_at
 * json LOG            one line for each page: {"at":ms,"user":u,"shown":[{"product":p,...,"clickedAt":ms}]}
 * </pre>
 */
final class ClickLog {

  /** A product was shown; {@code clickedAt} is null where it was not clicked. */
  private record Shown(
      long at, String user, String product, String category, double price, int rank, Long clickedAt) {}

  private interface Taker {
    void take(Shown shown);
  }

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Events that may still be overtaken: a click lies behind pages that were shown before it. */
  private final PriorityQueue<ObjectNode> open =
      new PriorityQueue<>(
          Comparator.<ObjectNode>comparingLong(event -> event.get("eventTime").asLong())
              .thenComparingLong(event -> event.get("order").asLong()));

  private final Map<String, String> catalogue = new HashMap<>();
  private final PrintStream out;
  private long order;

  private ClickLog(PrintStream out) {
    this.out = out;
  }

  public static void main(String[] arguments) throws IOException {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    switch (String.join(" ", arguments).split(" ")[0]) {
      case "sample" -> sample(arguments[1], out);
      case "waits" -> waits(arguments[1], Path.of(arguments[2]), out);
      case "csv", "json" -> {
        ClickLog log = new ClickLog(out);
        read(arguments[0], Path.of(arguments[1]), log::shown);
        log.emitUpTo(Long.MAX_VALUE);
      }
      default -> throw new IllegalArgumentException("sample, waits, csv or json must be asked for");
    }
    out.flush();
  }

  private static void read(String format, Path log, Taker taker) throws IOException {
    try (BufferedReader lines = Files.newBufferedReader(log)) {
      if (format.equals("csv")) {
        CSVFormat columns = CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get();
        for (CSVRecord row : CSVParser.parse(lines, columns)) {
          taker.take(
              new Shown(
                  Instant.parse(row.get("shown_at")).toEpochMilli(),
                  row.get("user"),
                  row.get("product"),
                  row.get("category"),
                  Double.parseDouble(row.get("price")),
                  Integer.parseInt(row.get("rank")),
                  row.get("clicked_at").isEmpty()
                      ? null
                      : Long.valueOf(Instant.parse(row.get("clicked_at")).toEpochMilli())));
        }
        return;
      }
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode page = JSON.readTree(line);
        int rank = 0;
        for (JsonNode one : page.get("shown")) {
          taker.take(
              new Shown(
                  page.get("at").asLong(),
                  page.get("user").asText(),
                  one.get("product").asText(),
                  one.get("category").asText(),
                  one.get("price").asDouble(),
                  ++rank,
                  one.hasNonNull("clickedAt") ? Long.valueOf(one.get("clickedAt").asLong()) : null));
        }
      }
    }
  }

  /** An item where the catalogue does not say the same yet, an impression, and maybe a click. */
  private void shown(Shown shown) {
    emitUpTo(shown.at);
    ObjectNode attributes =
        JSON.createObjectNode().put("category", shown.category).put("price", shown.price);
    if (!attributes.toString().equals(catalogue.put(shown.product, attributes.toString()))) {
      event("item", shown.at).put("itemId", shown.product).set("attributes", attributes);
    }
    String impression = "%s/%d/%d".formatted(shown.user, shown.at, shown.rank);
    event("impression", shown.at)
        .put("impressionId", impression)
        .put("itemId", shown.product)
        .put("userId", shown.user)
        .put("position", shown.rank);
    if (shown.clickedAt != null) {
      event("click", shown.clickedAt)
          .put("impressionId", impression)
          .put("itemId", shown.product)
          .put("userId", shown.user);
    }
  }

  private ObjectNode event(String type, long at) {
    ObjectNode event =
        JSON.createObjectNode().put("type", type).put("eventTime", at).put("order", order++);
    open.add(event);
    return event;
  }

  private void emitUpTo(long time) {
    while (!open.isEmpty() && open.peek().get("eventTime").asLong() < time) {
      ObjectNode event = open.poll();
      event.remove("order");
      out.println(event);
    }
  }

  private static void waits(String format, Path log, PrintStream out) throws IOException {
    TreeMap<Long, Long> waits = new TreeMap<>();
    long[] count = new long[2];
    read(
        format,
        log,
        shown -> {
          count[0]++;
          if (shown.clickedAt != null) {
            count[1]++;
            waits.merge(shown.clickedAt - shown.at, 1L, Long::sum);
          }
        });
    out.printf(
        Locale.ROOT, "%d shown, %d clicked (%.2f %%)%n", count[0], count[1], 100.0 * count[1] / count[0]);
    for (int seconds : new int[] {5, 15, 30, 60, 300, 1_800, 86_400}) {
      long within = waits.headMap(seconds * 1000L, true).values().stream().mapToLong(n -> n).sum();
      out.printf(
          Locale.ROOT, "clicks within %6d s: %6.2f %%%n", seconds, 100.0 * within / Math.max(1, count[1]));
    }
  }

  /** Four hundred users like one of eight categories each, and look at five products a page. */
  private static void sample(String format, PrintStream out) {
    SplittableRandom chance = new SplittableRandom(1);
    long at = Instant.parse("2026-01-05T08:00:00Z").toEpochMilli();
    if (format.equals("csv")) {
      out.println("shown_at,user,product,category,price,rank,clicked_at");
    }
    for (int page = 0; page < 3_000; page++) {
      at += chance.nextInt(1, 2_000);
      int user = chance.nextInt(400);
      ObjectNode line = JSON.createObjectNode().put("at", at).put("user", "u" + user);
      for (int rank = 1; rank <= 5; rank++) {
        int product = chance.nextInt(200);
        int category = product % 8;
        double price = 1 + product % 37;
        double likes = category == user % 8 ? 0.45 : 0.04;
        long clickedAt = at + chance.nextInt(1_000, 40_000);
        boolean clicked = chance.nextDouble() < likes / rank;
        if (format.equals("csv")) {
          out.printf(
              Locale.ROOT,
              "%s,u%d,p%d,c%d,%.2f,%d,%s%n",
              Instant.ofEpochMilli(at),
              user,
              product,
              category,
              price,
              rank,
              clicked ? Instant.ofEpochMilli(clickedAt) : "");
        } else {
          ObjectNode one =
              line.withArray("shown")
                  .addObject()
                  .put("product", "p" + product)
                  .put("category", "c" + category)
                  .put("price", price);
          if (clicked) {
            one.put("clickedAt", clickedAt);
          }
        }
      }
      if (!format.equals("csv")) {
        out.println(line);
      }
    }
  }
}
