package io.freshet.schema;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hasher128;
import com.dynatrace.hash4j.hashing.Hashing;
import io.freshet.schema.event.ClickEvent;
import io.freshet.schema.event.Event;
import io.freshet.schema.event.Heartbeat;
import io.freshet.schema.event.ImpressionEvent;
import io.freshet.schema.event.ItemEvent;
import io.freshet.schema.event.JudgmentEvent;
import io.freshet.schema.event.QueryEvent;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What makes two events the same event: XXH3-128 (seed 0) of the kind and the event id; without an
 * event id of the kind, the ids and the time; of a click also the action, since a purchase is no
 * repeat of a click. Two different events share an identity with a probability of 2<sup>-128</sup>
 * a pair.
 *
 * @param high the hash's most significant half
 * @param low its least significant half
 */
public record EventIdentity(long high, long low) {

  private static final Hasher128 HASHER = Hashing.xxh3_128();

  /** The identity of {@code event}. */
  public static EventIdentity of(Event event) {
    HashValue128 hash = HASHER.hashBytesTo128Bits(canonical(event));
    return new EventIdentity(hash.getMostSignificantBits(), hash.getLeastSignificantBits());
  }

  private static byte[] canonical(Event event) {
    Canonical bytes = new Canonical();
    if (event.eventId() != null) {
      return bytes.kind('=', kind(event)).string(event.eventId()).array();
    }
    bytes.kind('-', kind(event));
    if (event instanceof ImpressionEvent e) {
      bytes.string(e.impressionId()).string(e.itemId()).string(e.userId()).string(e.queryId());
    } else if (event instanceof ClickEvent e) {
      bytes.string(e.impressionId()).string(e.itemId()).string(e.userId()).string(e.queryId());
      bytes.string(e.action());
    } else if (event instanceof ItemEvent e) {
      bytes.string(e.itemId());
    } else if (event instanceof QueryEvent e) {
      bytes.string(e.queryId()).string(e.userId());
    } else if (event instanceof JudgmentEvent e) {
      bytes.string(e.queryId()).string(e.itemId());
    } else if (event instanceof Heartbeat e) {
      bytes.string(e.producer());
    }
    return bytes.number(event.eventTime()).array();
  }

  private static char kind(Event event) {
    if (event instanceof ImpressionEvent) {
      return 'I';
    } else if (event instanceof ClickEvent) {
      return 'C';
    } else if (event instanceof ItemEvent) {
      return 'T';
    } else if (event instanceof QueryEvent) {
      return 'Q';
    } else if (event instanceof JudgmentEvent) {
      return 'J';
    }
    return 'H';
  }

  /**
   * Fields one after another; every string follows its length (-1 for none), so that no two lists
   * of fields look alike.
   */
  private static final class Canonical {

    private byte[] bytes = new byte[128];
    private int size;

    Canonical kind(char form, char kind) {
      bytes[size++] = (byte) form;
      bytes[size++] = (byte) kind;
      return this;
    }

    Canonical string(@Nullable String string) {
      byte[] utf8 = string == null ? null : string.getBytes(StandardCharsets.UTF_8);
      int length = utf8 == null ? -1 : utf8.length;
      reserve(Integer.BYTES + Math.max(0, length));
      littleEndian(length, Integer.BYTES);
      if (utf8 != null) {
        System.arraycopy(utf8, 0, bytes, size, length);
        size += length;
      }
      return this;
    }

    Canonical number(long number) {
      reserve(Long.BYTES);
      littleEndian(number, Long.BYTES);
      return this;
    }

    byte[] array() {
      return Arrays.copyOf(bytes, size);
    }

    private void littleEndian(long number, int count) {
      for (int i = 0; i < count; i++) {
        bytes[size++] = (byte) (number >>> (8 * i));
      }
    }

    private void reserve(int more) {
      if (size + more > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(size + more, 2 * bytes.length));
      }
    }
  }
}
