package io.freshet.bench.measure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Prints values of a report. Arguments: its file, then JSON pointers. */
public final class ReportValue {

  private ReportValue() {}

  public static void main(String[] arguments) throws IOException {
    JsonNode report = JsonMapper.builder().build().readTree(Path.of(arguments[0]).toFile());
    List<String> pointers = Arrays.asList(arguments).subList(1, arguments.length);
    System.out.println(
        pointers.stream()
            .map(pointer -> pointer.substring(1) + "=" + found(report, pointer))
            .collect(Collectors.joining(" ")));
  }

  private static String found(JsonNode report, String pointer) {
    JsonNode value = report.at(pointer);
    if (value.isMissingNode()) {
      throw new IllegalArgumentException("a report must have " + pointer + ", this one has not");
    }
    return value.asText();
  }
}
