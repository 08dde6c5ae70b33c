package io.freshet.modellog;

import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.StateDelta;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rebuilds the serving part from the live versions up to a base. Nothing is applied that has not
 * been proven: a version follows what is held, was closed by its attempt, has the chunks that it
 * names, and gives its hash. Whatever else lies between them is passed over.
 */
final class ServingChain implements LogMedium.RecordReader {

  private final LogCodec codec;
  private final Version base;
  private final Claims claims;
  private final Authors authors;
  private final RebuiltParts parts;
  private final Map<Version, LogEntry.Manifest> versions;

  /** By hash, since the last version that counts; an attempt's records follow each other. */
  private final Map<HashValue, LogEntry.Chunk> chunks = new HashMap<>();

  private long reached;
  private @Nullable Version last;
  private @Nullable String problem;

  /**
   * @param authors who may close versions
   * @param reached number of the version that {@code parts} hold; 0 for none
   * @param versions takes the versions that were applied since the last whole one
   */
  ServingChain(
      LogCodec codec,
      Version base,
      Claims claims,
      Authors authors,
      long reached,
      RebuiltParts parts,
      Map<Version, LogEntry.Manifest> versions) {
    this.codec = codec;
    this.base = base;
    this.claims = claims;
    this.authors = authors;
    this.reached = reached;
    this.parts = parts;
    this.versions = versions;
  }

  /** Why the base was not reached; null when it was. */
  @Nullable String problem() {
    return base.equals(last) ? null : problem;
  }

  @Override
  public void record(long offset, String key, byte @Nullable [] value) {
    take(offset, codec.entry(value));
  }

  void take(long offset, LogEntry entry) {
    if (entry instanceof LogEntry.Chunk chunk) {
      chunks.putIfAbsent(chunk.hash(), chunk);
    } else if (entry instanceof LogEntry.Manifest manifest && authors.wrote(offset, manifest)) {
      Version version = manifest.facts().version();
      Payload payload = payload(version, manifest);
      chunks.clear();
      if (version.number() > reached
          && version.number() <= base.number()
          && claims.live(offset, version.number())) {
        String wrong = tryApply(manifest, payload);
        // What follows a version that is missing cannot fit either, and would hide why.
        problem = wrong == null || problem == null ? wrong : problem;
      }
    }
  }

  private Payload payload(Version version, LogEntry.Manifest manifest) {
    Payload payload = new Payload(version, false);
    for (HashValue hash : manifest.chunkHashes()) {
      LogEntry.Chunk chunk = chunks.get(hash);
      if (chunk != null) {
        payload.add(chunk);
      }
    }
    return payload;
  }

  /** Returns what is wrong with the version; null when it was applied. */
  private @Nullable String tryApply(LogEntry.Manifest manifest, Payload chunks) {
    try {
      return apply(manifest, chunks);
    } catch (IllegalArgumentException e) {
      return "%s must fit the learner's state: %s"
          .formatted(manifest.facts().version(), e.getMessage());
    }
  }

  private @Nullable String apply(LogEntry.Manifest manifest, Payload chunks) {
    VersionFacts facts = manifest.facts();
    String wrong = chunks.problem(manifest);
    if (wrong != null) {
      return wrong;
    }
    boolean whole = facts.parent() == null;
    HashValue held = parts.servingHash().value();
    if (!whole && !facts.parentHash().equals(held)) {
      return "the parent of %s must have state hash %s, what came before has %s"
          .formatted(facts.version(), facts.parentHash(), held);
    }
    StateDelta delta = chunks.content();
    HashValue after =
        whole ? parts.hashOfWhole(delta) : parts.state().serving().hashAfter(delta, held);
    if (!after.equals(facts.stateHash())) {
      return "%s must have state hash %s, it has %s"
          .formatted(facts.version(), facts.stateHash(), after);
    }
    if (whole) {
      versions.clear();
      parts.restart();
    }
    parts.state().serving().apply(delta, parts.servingHash());
    if (!parts.servingHash().value().equals(facts.stateHash())) {
      throw new IllegalStateException(
          "the memory of %s must have the state hash %s that its delta gives, it has %s"
              .formatted(facts.version(), facts.stateHash(), parts.servingHash().value()));
    }
    versions.put(facts.version(), manifest);
    last = facts.version();
    reached = last.number();
    return null;
  }
}
