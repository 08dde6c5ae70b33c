package io.freshet.modellog;

import io.freshet.scoring.state.HashValue;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a manifest says of a version besides its chunks.
 *
 * @param parent the version that the delta applies to; null for the first of a chain
 * @param parentHash state hash of the parent; {@link HashValue#EMPTY} without one
 * @param stateHash of the whole serving state after applying
 * @param step of the learner
 * @param eventTime up to which the stream has been learnt; milliseconds since 1970 UTC
 * @param rowCounts rows per table after applying
 * @param lineage highest contributing offset by {@code topic-partition}
 * @param metrics prequential, by name
 * @param gate verdict of the gate
 * @param settings canonical JSON of the model's settings
 * @param engine name and version of what computed
 * @param code version of Freshet
 * @param skipped offsets of impressions by {@code topic-partition}: examples that were unlearnt
 *     since the parent, because a round was refused
 */
public record VersionFacts(
    Version version,
    @Nullable Version parent,
    HashValue parentHash,
    HashValue stateHash,
    long step,
    long eventTime,
    Map<String, Long> rowCounts,
    Map<String, Long> lineage,
    Map<String, Double> metrics,
    String gate,
    String settings,
    long seed,
    String engine,
    String code,
    Map<String, List<Long>> skipped) {

  /** Of a version since whose parent nothing was unlearnt. */
  public VersionFacts(
      Version version,
      @Nullable Version parent,
      HashValue parentHash,
      HashValue stateHash,
      long step,
      long eventTime,
      Map<String, Long> rowCounts,
      Map<String, Long> lineage,
      Map<String, Double> metrics,
      String gate,
      String settings,
      long seed,
      String engine,
      String code) {
    this(
        version,
        parent,
        parentHash,
        stateHash,
        step,
        eventTime,
        rowCounts,
        lineage,
        metrics,
        gate,
        settings,
        seed,
        engine,
        code,
        Map.of());
  }
}
