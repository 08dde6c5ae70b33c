package io.freshet.source.file;

import io.freshet.schema.event.Event;
import io.freshet.source.InvalidSource;
import io.freshet.source.Source;
import io.freshet.source.SourceArgument;
import io.freshet.source.SourceRecord;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * A file of events as JSON lines, plain or gzip, in the file's order, which need not be that of
 * event time. An index is a line's number, from 0; lines that are blank are passed over, lines that
 * are no events come out as bad records.
 */
public final class EventFile implements Source {

  private final Path file;

  private EventFile(Path file) {
    this.file = file;
  }

  /**
   * @param seed unused: nothing is drawn
   */
  public static Source open(SourceArgument argument, long seed) {
    argument.allow(Set.of());
    Path file = argument.existing();
    if (!Files.isRegularFile(file)) {
      throw new InvalidSource("events: needs a file of JSON lines, " + file + " is none");
    }
    EventFile source = new EventFile(file);
    source.checkFirstLine();
    return source;
  }

  /**
   * Tells a file of another format from one with some bad lines: it does not even begin with an
   * object.
   */
  private void checkFirstLine() {
    try (Lines lines = new Lines(open())) {
      byte[] line = lines.next();
      while (line != null && isBlank(line)) {
        line = lines.next();
      }
      if (line == null) {
        throw new InvalidSource(file + " must hold events as JSON lines, it is empty");
      }
      String text = new String(line, StandardCharsets.UTF_8).strip();
      if (!text.startsWith("{")) {
        throw new InvalidSource(
            file
                + " must hold events as JSON lines, plain or gzip; its first line begins with \""
                + printable(text)
                + "\"");
      }
    } catch (IOException e) {
      throw new InvalidSource(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static String printable(String text) {
    StringBuilder start = new StringBuilder();
    text.codePoints()
        .limit(20)
        .forEach(c -> start.appendCodePoint(Character.isISOControl(c) || c > 0x2FFF ? '?' : c));
    return start.toString();
  }

  private InputStream open() throws IOException {
    BufferedInputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    in.mark(2);
    boolean zipped = in.read() == 0x1f && in.read() == 0x8b;
    in.reset();
    if (!zipped) {
      return in;
    }
    try {
      return new BufferedInputStream(new GZIPInputStream(in, 1 << 16), 1 << 16);
    } catch (ZipException e) {
      in.close();
      throw new IOException("broken gzip: " + e.getMessage(), e);
    }
  }

  @Override
  public String name() {
    return "events";
  }

  @Override
  public String labels() {
    return "as in the file";
  }

  @Override
  public StreamDefaults defaults() {
    return new StreamDefaults(100, 60_000, 1_000);
  }

  @Override
  public OptionalLong size() {
    return OptionalLong.empty();
  }

  @Override
  public Iterator<Event> from(long index) {
    Iterator<SourceRecord> records = records(index);
    return new Iterator<>() {
      private @Nullable Event next = advance();

      private @Nullable Event advance() {
        while (records.hasNext()) {
          if (records.next() instanceof SourceRecord.Good good) {
            return good.event();
          }
        }
        return null;
      }

      @Override
      public boolean hasNext() {
        return next != null;
      }

      @Override
      public Event next() {
        Event event = next;
        if (event == null) {
          throw new NoSuchElementException(file + " has no more events");
        }
        next = advance();
        return event;
      }
    };
  }

  @Override
  public Iterator<SourceRecord> records(long index) {
    if (index < 0) {
      throw new IllegalArgumentException("index must not be negative, came " + index);
    }
    try {
      return new Records(file, new Lines(open()), index);
    } catch (IOException e) {
      throw new InvalidSource(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  static boolean isBlank(byte[] line) {
    for (byte b : line) {
      if (b != ' ' && b != '\t' && b != '\r') {
        return false;
      }
    }
    return true;
  }
}
