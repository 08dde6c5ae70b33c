package io.freshet.modellog;

import io.freshet.modellog.LogEntry.Part;
import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.StateDelta;
import io.freshet.scoring.state.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Collects the chunks of one version and gives their content once the manifest has vouched for
 * every one of them. Not thread-safe.
 */
public final class Payload {

  private final Version version;
  private final boolean anchor;
  private final List<HashValue> hashes = new ArrayList<>();
  private final List<Part> held = new ArrayList<>();
  private final Map<String, PartialTensor> tensors = new LinkedHashMap<>();
  private @Nullable String problem;

  private record PartialTensor(Tensor tensor, BitSet filled) {}

  public Payload(Version version, boolean anchor) {
    this.version = version;
    this.anchor = anchor;
  }

  public Version version() {
    return version;
  }

  /**
   * Takes the next chunk and keeps what it holds. A repeated chunk changes nothing; one that
   * belongs elsewhere, leaves a gap or differs from its first copy spoils the payload.
   */
  public void add(LogEntry.Chunk chunk) {
    if (accept(chunk)) {
      held.addAll(chunk.parts());
    }
  }

  /**
   * As {@link #add}, but gives the chunk's rows and deletions at once and keeps only tensors and
   * hashes: for an anchor, which goes into memory that nobody reads yet.
   */
  public StateDelta stream(LogEntry.Chunk chunk) {
    List<StateDelta.Rows> rows = new ArrayList<>();
    if (accept(chunk)) {
      for (Part part : chunk.parts()) {
        if (part instanceof Part.TensorPart) {
          held.add(part);
        } else {
          rows.add(rows(part));
        }
      }
    }
    return new StateDelta(List.of(), rows);
  }

  /**
   * Whether {@code chunk} begins the version's payload anew: it is a first one, and not the first
   * one that is held already.
   */
  public boolean restartedBy(LogEntry.Chunk chunk) {
    return chunk.index() == 0 && !hashes.isEmpty() && !hashes.get(0).equals(chunk.hash());
  }

  private boolean accept(LogEntry.Chunk chunk) {
    if (!chunk.version().equals(version) || chunk.anchor() != anchor) {
      problem =
          "chunks of %s must follow each other, got one of %s".formatted(version, chunk.version());
    } else if (chunk.index() == hashes.size()) {
      hashes.add(chunk.hash());
      return true;
    } else if (chunk.index() > hashes.size()) {
      problem = "chunk %d of %s is missing".formatted(hashes.size(), version);
    } else if (!hashes.get(chunk.index()).equals(chunk.hash())) {
      problem = "chunk %d of %s came twice and differs".formatted(chunk.index(), version);
    }
    return false;
  }

  /** What is wrong with these chunks where others are expected; null when nothing is. */
  @Nullable String problem(List<HashValue> expected) {
    if (problem != null) {
      return problem;
    }
    return hashes.equals(expected)
        ? null
        : "chunks of %s must have the hashes %s, %s came".formatted(version, expected, hashes);
  }

  /** What is wrong with these chunks in the manifest's eyes; null when nothing is. */
  public @Nullable String problem(LogEntry.Manifest manifest) {
    if (!manifest.facts().version().equals(version) || manifest.anchor() != anchor) {
      return "the manifest must follow the chunks of %s, got that of %s"
          .formatted(version, manifest.facts().version());
    }
    if (problem != null) {
      return problem;
    }
    List<HashValue> expected = manifest.chunkHashes();
    for (int i = 0; i < Math.min(expected.size(), hashes.size()); i++) {
      if (!expected.get(i).equals(hashes.get(i))) {
        return "chunk %d of %s must have hash %s, it has %s"
            .formatted(i, version, expected.get(i), hashes.get(i));
      }
    }
    if (expected.size() != hashes.size()) {
      return "%s must have %d chunks, %d came".formatted(version, expected.size(), hashes.size());
    }
    return null;
  }

  /**
   * The kept content.
   *
   * @throws IllegalArgumentException if a tensor is not whole
   */
  public StateDelta content() {
    List<StateDelta.Rows> rows = new ArrayList<>();
    for (Part part : held) {
      if (part instanceof Part.TensorPart tensor) {
        fill(tensor);
      } else {
        rows.add(rows(part));
      }
    }
    held.clear();
    List<Tensor> whole = new ArrayList<>();
    for (PartialTensor partial : tensors.values()) {
      int missing = partial.filled().nextClearBit(0);
      if (missing < partial.tensor().data().length) {
        throw new IllegalArgumentException(
            "tensor %s of %s must be whole, float %d is missing"
                .formatted(partial.tensor().name(), version, missing));
      }
      whole.add(partial.tensor());
    }
    return new StateDelta(whole, rows);
  }

  private void fill(Part.TensorPart part) {
    PartialTensor partial =
        tensors.computeIfAbsent(
            part.name(),
            name -> new PartialTensor(Tensor.zeros(name, part.shape().clone()), new BitSet()));
    float[] data = partial.tensor().data();
    if (!Arrays.equals(partial.tensor().shape(), part.shape())
        || part.first() < 0
        || part.first() + part.values().length > data.length) {
      throw new IllegalArgumentException(
          "a part of tensor %s of %s must lie within shape %s, got floats %d to %d of shape %s"
              .formatted(
                  part.name(),
                  version,
                  Arrays.toString(partial.tensor().shape()),
                  part.first(),
                  part.first() + part.values().length,
                  Arrays.toString(part.shape())));
    }
    int first = (int) part.first();
    System.arraycopy(part.values(), 0, data, first, part.values().length);
    partial.filled().set(first, first + part.values().length);
  }

  private static StateDelta.Rows rows(Part part) {
    if (part instanceof Part.RowsPart rows) {
      return new StateDelta.Rows(
          rows.table(), rows.width(), rows.ids(), rows.values(), new long[0]);
    }
    Part.TombstonesPart gone = (Part.TombstonesPart) part;
    return new StateDelta.Rows(gone.table(), gone.width(), new long[0], new float[0], gone.ids());
  }
}
