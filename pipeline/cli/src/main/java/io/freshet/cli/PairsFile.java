package io.freshet.cli;

import io.freshet.cli.report.AtomicFile;
import io.freshet.cli.report.Csv;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** Users and items to score: CSV with the columns userId and itemId, others are kept. */
final class PairsFile {

  private final List<String> header;
  private final List<CSVRecord> rows;

  private PairsFile(List<String> header, List<CSVRecord> rows) {
    this.header = header;
    this.rows = rows;
  }

  static PairsFile read(Path file) {
    CSVFormat format = CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get();
    try (Reader in = Files.newBufferedReader(file, StandardCharsets.UTF_8);
        CSVParser parser = CSVParser.parse(in, format)) {
      List<String> header = List.copyOf(parser.getHeaderNames());
      if (!header.contains("userId") || !header.contains("itemId")) {
        throw new WrongUse(
            "--pairs must have the columns userId and itemId, got %s in %s"
                .formatted(header.isEmpty() ? "an empty file" : header, file));
      }
      List<CSVRecord> rows = new ArrayList<>();
      for (CSVRecord row : parser) {
        if (!row.isConsistent()) {
          throw new WrongUse(
              "every row of --pairs must have %d fields, got %d in line %d of %s"
                  .formatted(header.size(), row.size(), parser.getCurrentLineNumber(), file));
        }
        rows.add(row);
      }
      if (rows.isEmpty()) {
        throw new WrongUse("--pairs must hold rows after its header, got none in " + file);
      }
      return new PairsFile(header, rows);
    } catch (IOException | java.io.UncheckedIOException | IllegalArgumentException e) {
      throw new WrongUse("--pairs must be readable CSV, got %s: %s".formatted(file, e), e);
    }
  }

  int size() {
    return rows.size();
  }

  String user(int row) {
    return Objects.requireNonNull(rows.get(row).get("userId"), "a parsed field is there");
  }

  String item(int row) {
    return Objects.requireNonNull(rows.get(row).get("itemId"), "a parsed field is there");
  }

  void print(List<Float> scores, Terminal terminal) throws IOException {
    terminal.say(csv(scores).strip());
  }

  void write(List<Float> scores, Path out) throws IOException {
    byte[] bytes = csv(scores).getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(out, to -> to.write(bytes));
  }

  private String csv(List<Float> scores) throws IOException {
    StringWriter text = new StringWriter();
    for (String column : header) {
      Csv.field(text, column).append(',');
    }
    text.append("score").append(Csv.END_OF_LINE);
    for (int row = 0; row < rows.size(); row++) {
      for (String value : rows.get(row)) {
        Csv.field(text, value).append(',');
      }
      text.append(scores.get(row).toString()).append(Csv.END_OF_LINE);
    }
    return text.toString();
  }
}
