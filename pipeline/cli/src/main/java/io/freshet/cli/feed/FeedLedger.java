package io.freshet.cli.feed;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.freshet.cli.CommandFailed;
import io.freshet.cli.report.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a source has given so far, on disk, so that the next start can go on counting. It may lag
 * behind what Kafka has, never the other way.
 */
public final class FeedLedger {

  private final Path file;
  private final JsonMapper mapper = JsonMapper.builder().build();

  public FeedLedger(Path file) {
    this.file = file;
  }

  /** The counts that were saved last; none before the first. */
  public EventCounts load() {
    if (!Files.exists(file)) {
      return EventCounts.NONE;
    }
    try {
      return mapper.readValue(Files.readAllBytes(file), EventCounts.class);
    } catch (JacksonException e) {
      throw new CommandFailed(
          "%s must hold the counts of events as they were saved: %s"
              .formatted(file, e.getOriginalMessage()),
          e);
    } catch (IOException e) {
      throw new CommandFailed("%s must be readable: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** Replaces what was saved; everything that is counted has been acknowledged by Kafka. */
  public void save(EventCounts counts) {
    AtomicFile.write(
        file,
        out ->
            mapper
                .writer()
                .without(com.fasterxml.jackson.databind.SerializationFeature.CLOSE_CLOSEABLE)
                .writeValue(out, counts));
  }
}
