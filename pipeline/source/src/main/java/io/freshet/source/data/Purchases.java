package io.freshet.source.data;

import io.freshet.source.InvalidSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * The purchases of online-retail: lines with a customer and a positive quantity that are no
 * cancellation, in time order.
 */
final class Purchases {

  private static final String[] HEADER = {
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country"
  };

  private Purchases() {}

  /**
   * One line of an invoice.
   *
   * @param time milliseconds, whole minutes; the shop's local time is taken as UTC
   * @param price pounds; 0 where the line has none
   * @param line number in the file, from 1 for the header
   */
  record Purchase(
      String item,
      String description,
      long time,
      double price,
      String customer,
      String country,
      int line) {}

  /** Lines of one invoice at one minute. */
  record Basket(long time, List<Purchase> purchases) {}

  static List<Basket> read(Path file) {
    Map<String, Basket> baskets = new LinkedHashMap<>();
    Map<String, String> shared = new HashMap<>();
    Map<String, Long> times = new HashMap<>();
    long line = 1;
    try (BufferedReader reader = XzText.open(file);
        CSVParser rows =
            CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).get().parse(reader)) {
      if (!rows.getHeaderNames().equals(List.of(HEADER))) {
        throw new InvalidSource(
            file
                + " must begin with "
                + String.join(",", HEADER)
                + ", it begins with "
                + abridged(rows));
      }
      for (CSVRecord row : rows) {
        line = row.getRecordNumber() + 1;
        String customer = row.get(6);
        if (customer.isEmpty() || row.get(0).startsWith("C") || Integer.parseInt(row.get(3)) <= 0) {
          continue;
        }
        long time = times.computeIfAbsent(row.get(4), Purchases::minute);
        Purchase purchase =
            new Purchase(
                share(shared, row.get(1)),
                share(shared, row.get(2)),
                time,
                Double.parseDouble(row.get(5)),
                share(shared, customer),
                share(shared, row.get(7)),
                (int) line);
        baskets
            .computeIfAbsent(
                row.get(0) + '@' + row.get(4), key -> new Basket(time, new ArrayList<>()))
            .purchases
            .add(purchase);
      }
    } catch (IOException | UncheckedIOException e) {
      throw new InvalidSource(
          file + " cannot be read after line " + line + ": " + e.getMessage(), e);
    } catch (InvalidSource e) {
      throw e;
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException | DateTimeParseException e) {
      throw new InvalidSource(
          file + " line " + line + " must be " + String.join(",", HEADER) + ": " + e.getMessage(),
          e);
    }
    if (baskets.isEmpty()) {
      throw new InvalidSource(file + " must hold purchases, it holds none");
    }
    List<Basket> sorted = new ArrayList<>(baskets.values());
    sorted.sort(Comparator.comparingLong(Basket::time));
    return sorted;
  }

  private static String abridged(CSVParser rows) {
    String header = String.join(",", rows.getHeaderNames());
    return header.length() <= 80 ? header : header.substring(0, 80) + "...";
  }

  private static String share(Map<String, String> shared, String value) {
    String before = shared.putIfAbsent(value, value);
    return before == null ? value : before;
  }

  private static long minute(String text) {
    return LocalDateTime.parse(text.replace(' ', 'T')).toInstant(ZoneOffset.UTC).toEpochMilli();
  }
}
