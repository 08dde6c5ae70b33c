package io.freshet.serving;

import io.freshet.modellog.LogEntry;
import io.freshet.modellog.LogFeed;
import io.freshet.modellog.LostOffset;
import io.freshet.modellog.ModelIndex.AnchorPosition;
import io.freshet.modellog.Payload;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Builds states from anchors, chunk by chunk, in memory that nobody reads yet. */
final class AnchorLoader {

  private final LogFeed feed;
  private final Function<String, ScoringModel> models;

  AnchorLoader(LogFeed feed, Function<String, ScoringModel> models) {
    this.feed = feed;
    this.models = models;
  }

  /** A proven state built from an anchor, or what is wrong with it. */
  record Loaded(@Nullable Side side, @Nullable String problem) {}

  Loaded load(AnchorPosition anchor) {
    try {
      LogEntry.Manifest manifest = feed.anchorManifest(anchor);
      Payload chunks = new Payload(anchor.version(), true);
      Side side = Side.empty(models, manifest.facts().settings());
      feed.readAnchor(
          anchor,
          entry -> {
            if (entry instanceof LogEntry.Chunk chunk) {
              side.applyPart(chunks.stream(chunk));
            }
          });
      String problem = chunks.problem(manifest);
      if (problem == null) {
        problem = side.apply(manifest, chunks.content(), anchor.baseOffset() - 1);
      }
      return problem == null ? new Loaded(side, null) : new Loaded(null, problem);
    } catch (LostOffset | IllegalArgumentException e) {
      return new Loaded(null, e.getMessage());
    }
  }
}
