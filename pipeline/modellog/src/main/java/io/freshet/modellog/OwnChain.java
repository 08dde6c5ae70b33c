package io.freshet.modellog;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rebuilds a learner's own part from what lies beside its versions. */
final class OwnChain implements LogMedium.RecordReader {

  private final SlotsCodec codec;
  private final RebuiltParts parts;
  private final Map<Version, LogEntry.Manifest> missing;
  private @Nullable Payload payload;
  private @Nullable String problem;

  /**
   * @param versions of which the own part is wanted
   */
  OwnChain(SlotsCodec codec, RebuiltParts parts, Map<Version, LogEntry.Manifest> versions) {
    this.codec = codec;
    this.parts = parts;
    this.missing = new LinkedHashMap<>(versions);
  }

  /** What went wrong first; null when nothing did. */
  @Nullable String problem() {
    return problem;
  }

  /** The first version whose own part did not come; null when all did. */
  @Nullable Version missing() {
    return missing.isEmpty() ? null : missing.keySet().iterator().next();
  }

  @Override
  public void record(long offset, String key, byte @Nullable [] value) {
    LogEntry entry = value == null ? new LogEntry.Unreadable("nothing") : codec.entry(value);
    if (entry instanceof LogEntry.Chunk chunk) {
      if (payload == null) {
        payload = new Payload(chunk.version(), false);
      }
      payload.add(chunk);
    } else if (entry instanceof LogEntry.Slots slots) {
      Payload chunks = payload;
      payload = null;
      Version version = slots.version();
      if (version != null && slots.kind() == LogEntry.Slots.Kind.VERSION && problem == null) {
        apply(version, slots, chunks == null ? new Payload(version, false) : chunks);
      }
    }
  }

  private void apply(Version version, LogEntry.Slots slots, Payload chunks) {
    if (missing.remove(version) == null) {
      return;
    }
    problem = chunks.problem(slots.chunkHashes());
    if (problem == null) {
      parts.state().own().apply(chunks.content(), parts.ownHash());
      if (!parts.ownHash().value().equals(slots.learnerHash())) {
        problem =
            "the own state of %s must have hash %s, it has %s"
                .formatted(version, slots.learnerHash(), parts.ownHash().value());
      }
    }
  }
}
