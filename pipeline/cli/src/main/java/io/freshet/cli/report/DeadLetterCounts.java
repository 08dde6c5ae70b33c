package io.freshet.cli.report;

import io.freshet.schema.AvroCodec;
import io.freshet.schema.EventCodec;
import io.freshet.schema.UndecodableRecord;
import io.freshet.schema.avro.DeadLetter;
import io.freshet.schema.event.ImpressionEvent;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts what could not be used, each record once however often a restarted job says it. Safe for
 * many threads.
 */
public final class DeadLetterCounts {

  private static final int SHOWN = 20;

  private final AvroCodec codec = AvroCodec.of(DeadLetter.class);
  private final EventCodec events = new EventCodec();
  private final Map<String, LongOpenHashSet> seen = new HashMap<>();
  private final Map<String, Long> byKind = new TreeMap<>();
  private final ArrayDeque<Shown> newest = new ArrayDeque<>();
  private long impressions;

  /** A dead letter as people see it. */
  public record Shown(String kind, String reason, String where) {}

  /**
   * Counts so far.
   *
   * @param byKind invalid, late, repeated, unmatched, contradiction
   * @param impressions those of them that are impressions, which so never become examples
   * @param newest the last ones, newest first
   */
  public record Counts(Map<String, Long> byKind, long impressions, List<Shown> newest) {

    public long of(String kind) {
      return byKind.getOrDefault(kind, 0L);
    }

    /** All but late and repeated events, which are counted by themselves. */
    public long deadLetters() {
      return byKind.values().stream().mapToLong(Long::longValue).sum()
          - of("late")
          - of("repeated");
    }
  }

  /** Takes a record of {@code dead-letters}. */
  public synchronized void add(byte[] value) {
    DeadLetter letter;
    try {
      letter = codec.decode(value, DeadLetter.class);
    } catch (UndecodableRecord e) {
      byKind.merge("unreadable", 1L, Long::sum);
      return;
    }
    String partition = letter.getTopic() + "-" + letter.getPartition();
    if (!seen.computeIfAbsent(partition, name -> new LongOpenHashSet()).add(letter.getOffset())) {
      return;
    }
    byKind.merge(letter.getKind(), 1L, Long::sum);
    if (isImpression(letter.getBytes())) {
      impressions++;
    }
    newest.addFirst(
        new Shown(letter.getKind(), letter.getReason(), partition + "@" + letter.getOffset()));
    if (newest.size() > SHOWN) {
      newest.removeLast();
    }
  }

  private boolean isImpression(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    try {
      return events.decode(copy) instanceof ImpressionEvent;
    } catch (UndecodableRecord e) {
      return false;
    }
  }

  public synchronized Counts counts() {
    return new Counts(Map.copyOf(byKind), impressions, List.copyOf(newest));
  }
}
