package io.freshet.modellog;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rebuilds the serving part from the live versions up to a base. */
final class ServingChain implements LogMedium.RecordReader {

  private final LogCodec codec;
  private final Version base;
  private final Claims claims;
  private final RebuiltParts parts;
  private final Map<Version, LogEntry.Manifest> versions;
  private @Nullable Payload payload;
  private @Nullable String problem;

  /**
   * @param versions takes the versions that were applied since the last whole one
   */
  ServingChain(
      LogCodec codec,
      Version base,
      Claims claims,
      RebuiltParts parts,
      Map<Version, LogEntry.Manifest> versions) {
    this.codec = codec;
    this.base = base;
    this.claims = claims;
    this.parts = parts;
    this.versions = versions;
  }

  /** What went wrong first; null when nothing did. */
  @Nullable String problem() {
    return problem;
  }

  @Override
  public void record(long offset, String key, byte @Nullable [] value) {
    LogEntry entry = codec.entry(value);
    if (entry instanceof LogEntry.Chunk chunk) {
      if (payload == null || !payload.version().equals(chunk.version())) {
        payload = new Payload(chunk.version(), false);
      }
      payload.add(chunk);
    } else if (entry instanceof LogEntry.Manifest manifest) {
      Version version = manifest.facts().version();
      Payload chunks = payload == null ? new Payload(version, false) : payload;
      payload = null;
      if (problem == null
          && version.number() <= base.number()
          && claims.live(offset, version.number())) {
        apply(manifest, chunks);
      }
    }
  }

  private void apply(LogEntry.Manifest manifest, Payload chunks) {
    VersionFacts facts = manifest.facts();
    problem = chunks.problem(manifest);
    if (problem != null) {
      return;
    }
    if (facts.parent() == null) {
      versions.clear();
      parts.restart();
    } else if (!facts.parentHash().equals(parts.servingHash().value())) {
      problem =
          "the parent of %s must have state hash %s, what came before has %s"
              .formatted(facts.version(), facts.parentHash(), parts.servingHash().value());
      return;
    }
    parts.state().serving().apply(chunks.content(), parts.servingHash());
    versions.put(facts.version(), manifest);
    if (!parts.servingHash().value().equals(facts.stateHash())) {
      problem =
          "%s must have state hash %s, it has %s"
              .formatted(facts.version(), facts.stateHash(), parts.servingHash().value());
    }
  }
}
