package io.freshet.source.search;

import io.freshet.source.InvalidSource;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.tukaani.xz.XZInputStream;

/**
 * A file of a collection: compressed text (gzip or xz by its name) whose first line names columns.
 */
final class Table {

  /** Comma-separated values, quoted where needed. */
  static final CSVFormat COMMAS = CSVFormat.DEFAULT;

  /** Tab-separated values; nothing is quoted. */
  static final CSVFormat TABS =
      CSVFormat.DEFAULT.builder().setDelimiter('\t').setQuote(null).setRecordSeparator('\n').get();

  private Table() {}

  /**
   * Reads all rows.
   *
   * @param columns that the file must have, in this order
   * @param row takes each; an {@link IllegalArgumentException} of it names what must hold
   * @throws InvalidSource naming file and line
   */
  static void read(Path file, CSVFormat format, List<String> columns, Consumer<CSVRecord> row) {
    long line = 1;
    try (InputStream raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        InputStream text =
            file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : new XZInputStream(raw);
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(text, StandardCharsets.UTF_8), 1 << 16);
        CSVParser rows =
            format.builder().setHeader().setSkipHeaderRecord(true).get().parse(reader)) {
      if (!rows.getHeaderNames().equals(columns)) {
        throw new InvalidSource(
            "%s must have the columns %s, it has %s"
                .formatted(file, String.join(", ", columns), String.join(", ", abridged(rows))));
      }
      for (CSVRecord record : rows) {
        line = record.getRecordNumber() + 1;
        if (record.size() != columns.size()) {
          throw new IllegalArgumentException(
              columns.size() + " columns are wanted, came " + record.size());
        }
        row.accept(record);
      }
    } catch (InvalidSource e) {
      throw e;
    } catch (IOException | UncheckedIOException e) {
      throw new InvalidSource(
          file + " cannot be read after line " + line + ": " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new InvalidSource(
          "%s line %d must be %s: %s"
              .formatted(file, line, String.join(", ", columns), e.getMessage()),
          e);
    }
  }

  private static List<String> abridged(CSVParser rows) {
    return rows.getHeaderNames().stream().limit(12).toList();
  }
}
