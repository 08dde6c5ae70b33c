package io.freshet.source.file;

import io.freshet.schema.EventJson;
import io.freshet.schema.UndecodableRecord;
import io.freshet.source.SourceRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Reads lines as events or bad records; closes the file at its end. */
final class Records implements Iterator<SourceRecord> {

  private final Path file;
  private final Lines lines;
  private final EventJson json = new EventJson();
  private long nextLine;
  private @Nullable SourceRecord next;

  Records(Path file, Lines lines, long first) {
    this.file = file;
    this.lines = lines;
    this.next = advance(first);
  }

  private @Nullable SourceRecord advance(long first) {
    try {
      for (byte[] line = lines.next(); line != null; line = lines.next()) {
        long index = nextLine++;
        if (index >= first && !EventFile.isBlank(line)) {
          return read(line, index);
        }
      }
      lines.close();
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(
          file + " cannot be read after line " + nextLine + ": " + e.getMessage(), e);
    }
  }

  private SourceRecord read(byte[] line, long index) {
    if (lines.wasCut()) {
      return new SourceRecord.Bad(
          line,
          "a line must be at most " + Lines.LONGEST + " bytes, this is the start of a longer one",
          index);
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString();
      return new SourceRecord.Good(json.read(text, index));
    } catch (CharacterCodingException e) {
      return new SourceRecord.Bad(line, "a line must be UTF-8, this is not", index);
    } catch (UndecodableRecord e) {
      return new SourceRecord.Bad(line, String.valueOf(e.getMessage()), index);
    }
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }

  @Override
  public SourceRecord next() {
    SourceRecord record = next;
    if (record == null) {
      throw new NoSuchElementException(file + " ends at line " + nextLine);
    }
    next = advance(0);
    return record;
  }
}
