package io.freshet.serving;

import io.freshet.modellog.LogEntry;
import io.freshet.modellog.Version;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which version a reader serves. Versions that a claim has taken back are never meant.
 *
 * @param version the one of {@link Kind#VERSION}, else null
 * @param time of the other kinds but {@link Kind#FRESHEST}; milliseconds since 1970 UTC
 */
public record Target(Kind kind, @Nullable Version version, long time) {

  /** By what a version is meant. */
  public enum Kind {

    /** The newest one, always. */
    FRESHEST,

    /** One alone. */
    VERSION,

    /** The last one before the stream was learnt beyond an event time. */
    LEARNT_UP_TO,

    /** The last one that was published up to a time on the writer's clock. */
    PUBLISHED_UP_TO
  }

  /** The newest version, always. */
  public static final Target FRESHEST = new Target(Kind.FRESHEST, null, 0);

  /** {@code version} alone. */
  public static Target version(Version version) {
    return new Target(Kind.VERSION, version, 0);
  }

  /** The last version before the stream was learnt beyond {@code eventTime}. */
  public static Target learntUpTo(Instant eventTime) {
    return new Target(Kind.LEARNT_UP_TO, null, eventTime.toEpochMilli());
  }

  /** The last version that was published up to {@code time}. */
  public static Target publishedUpTo(Instant time) {
    return new Target(Kind.PUBLISHED_UP_TO, null, time.toEpochMilli());
  }

  /** Whether it asks for the past. */
  boolean fixed() {
    return kind != Kind.FRESHEST;
  }

  boolean byTime() {
    return kind == Kind.LEARNT_UP_TO || kind == Kind.PUBLISHED_UP_TO;
  }

  /** Whether {@code manifest} closes a version that is newer than what is asked for. */
  boolean beyond(LogEntry.Manifest manifest) {
    return switch (kind) {
      case FRESHEST -> false;
      case VERSION -> beyond(manifest.facts().version());
      case LEARNT_UP_TO -> manifest.facts().eventTime() > time;
      case PUBLISHED_UP_TO -> manifest.publishedAt() > time;
    };
  }

  /** As {@link #beyond(LogEntry.Manifest)}, as far as a version's name tells. */
  boolean beyond(Version other) {
    return version != null && other.number() > version.number();
  }

  /** Whether a state of {@code reached}, which is not beyond, may be served. */
  boolean allows(Version reached) {
    return version == null || version.equals(reached);
  }

  /** What is asked for, in words. */
  String asked() {
    return switch (kind) {
      case FRESHEST -> "the freshest version";
      case VERSION -> "the pinned version " + version;
      case LEARNT_UP_TO -> "the last version learnt up to " + Instant.ofEpochMilli(time);
      case PUBLISHED_UP_TO -> "the last version published up to " + Instant.ofEpochMilli(time);
    };
  }

  /** {@code manifest}'s version and its time, of the kind that is asked by. */
  String named(LogEntry.Manifest manifest) {
    Version named = manifest.facts().version();
    return switch (kind) {
      case FRESHEST, VERSION -> String.valueOf(named);
      case LEARNT_UP_TO ->
          "%s, learnt up to %s"
              .formatted(named, Instant.ofEpochMilli(manifest.facts().eventTime()));
      case PUBLISHED_UP_TO ->
          "%s, published at %s".formatted(named, Instant.ofEpochMilli(manifest.publishedAt()));
    };
  }
}
