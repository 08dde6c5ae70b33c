package io.freshet.cli.report;

import java.io.IOException;
import java.io.Writer;
import org.jspecify.annotations.Nullable;

/** Fields of CSV as in RFC 4180. */
public final class Csv {

  /** What ends a record. */
  public static final String END_OF_LINE = "\r\n";

  private Csv() {}

  /** Nothing at all stands for null, so that an empty text, which is quoted, is something else. */
  public static Writer field(Writer out, @Nullable String value) throws IOException {
    if (value == null) {
      return out;
    }
    if (value.isEmpty() || mustBeQuoted(value)) {
      out.write('"');
      out.write(value.replace("\"", "\"\""));
      out.write('"');
    } else {
      out.write(value);
    }
    return out;
  }

  private static boolean mustBeQuoted(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == ',' || c == '"' || c == '\r' || c == '\n') {
        return true;
      }
    }
    return false;
  }
}
