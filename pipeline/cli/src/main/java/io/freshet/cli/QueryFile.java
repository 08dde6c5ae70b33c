package io.freshet.cli;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** Queries to search for: tab-separated with the columns queryId and text, others are ignored. */
final class QueryFile {

  private static final CSVFormat FORMAT =
      CSVFormat.newFormat('\t')
          .builder()
          .setHeader()
          .setSkipHeaderRecord(true)
          .setIgnoreEmptyLines(true)
          .get();

  private static final Pattern BLANK = Pattern.compile("\\s");

  /**
   * @param id without blanks, as a TREC run has it
   */
  record Query(String id, String text) {}

  private QueryFile() {}

  static List<Query> read(Path file) {
    try (Reader in = Files.newBufferedReader(file, StandardCharsets.UTF_8);
        CSVParser parser = CSVParser.parse(in, FORMAT)) {
      List<String> header = List.copyOf(parser.getHeaderNames());
      if (!header.contains("queryId") || !header.contains("text")) {
        throw new WrongUse(
            "--queries must have the columns queryId and text, got %s in %s"
                .formatted(header.isEmpty() ? "an empty file" : header, file));
      }
      List<Query> queries = new ArrayList<>();
      for (CSVRecord row : parser) {
        queries.add(query(row, header, parser.getCurrentLineNumber(), file));
      }
      if (queries.isEmpty()) {
        throw new WrongUse("--queries must hold rows after its header, got none in " + file);
      }
      return queries;
    } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
      throw new WrongUse(
          "--queries must be readable and tab-separated, got %s: %s".formatted(file, e), e);
    }
  }

  private static Query query(CSVRecord row, List<String> header, long line, Path file) {
    if (!row.isConsistent()) {
      throw new WrongUse(
          "every row of --queries must have %d fields, got %d in line %d of %s"
              .formatted(header.size(), row.size(), line, file));
    }
    String id = Objects.requireNonNull(row.get("queryId"), "a parsed field is there");
    String text = Objects.requireNonNull(row.get("text"), "a parsed field is there");
    if (id.isEmpty() || BLANK.matcher(id).find()) {
      throw new WrongUse(
          "a queryId must be there and without blanks, got \"%s\" in line %d of %s"
              .formatted(id, line, file));
    }
    return new Query(id, text);
  }
}
