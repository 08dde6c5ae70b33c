package io.freshet.cli;

import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.modellog.ServedNames;
import io.freshet.modellog.Version;
import io.freshet.serving.ModelReader;
import io.freshet.serving.ReaderOptions;
import io.freshet.serving.Target;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which version of what a reading command means: the newest of a model, unless told otherwise. */
public final class ReadOptions {

  @Option(
      names = "--version",
      paramLabel = "E:N",
      converter = VersionConverter.class,
      description = "This version alone, epoch and number.")
  private @Nullable Version version;

  @Option(
      names = "--learnt-up-to",
      paramLabel = "TIME",
      converter = TimeConverter.class,
      description =
          "The last version before the stream was learnt beyond TIME, as 2026-01-31T12:00:00Z "
              + "or in milliseconds since 1970.")
  private @Nullable Instant learntUpTo;

  @Option(
      names = "--published-up-to",
      paramLabel = "TIME",
      converter = TimeConverter.class,
      description = "The last version that was published up to TIME.")
  private @Nullable Instant publishedUpTo;

  @Option(names = "--served", description = "MODEL is a served name, as promote writes them.")
  private boolean served;

  /** Refuses what cannot be meant together. */
  void check() {
    int targets =
        (version == null ? 0 : 1) + (learntUpTo == null ? 0 : 1) + (publishedUpTo == null ? 0 : 1);
    if (targets > 1) {
      throw new WrongUse(
          "at most one of --version, --learnt-up-to and --published-up-to may be given, got "
              + targets);
    }
    if (served && version != null) {
      throw new WrongUse(
          "--version must be of a model, a served name stands for one after another, got --served");
    }
  }

  Target target() {
    if (version != null) {
      return Target.version(version);
    }
    if (learntUpTo != null) {
      return Target.learntUpTo(learntUpTo);
    }
    return publishedUpTo == null ? Target.FRESHEST : Target.publishedUpTo(publishedUpTo);
  }

  boolean served() {
    return served;
  }

  /** Opens a reader of what is meant. */
  ModelReader open(ReaderOptions options) {
    ReaderOptions aimed = options.withTarget(target());
    return served ? ModelReader.openServed(aimed) : ModelReader.open(aimed);
  }

  /** Fails at once where there is no such log, with the log's own words, or no such served name. */
  void checkThere(KafkaAccess access, String model) {
    if (!served) {
      FollowCommand.checkModel(access, model);
      return;
    }
    FollowCommand.names(access, model);
    try (ServedNames known = ServedNames.open(access.client(), access.topics().prefix())) {
      if (!known.targets().containsKey(model)) {
        throw new CommandFailed(
            "%s must be a served name, which promote makes it; there are %s"
                .formatted(model, new TreeSet<>(known.targets().keySet())));
      }
    }
  }

  /** Reads a version as it is printed. */
  static final class VersionConverter implements ITypeConverter<Version> {

    private static final Pattern FORM = Pattern.compile("(\\d{1,18}):(\\d{1,18})");

    @Override
    public Version convert(String text) {
      Matcher matcher = FORM.matcher(text);
      if (!matcher.matches()) {
        throw new TypeConversionException(
            "must be an epoch and a number such as 1:250, got \"%s\"".formatted(text));
      }
      return new Version(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)));
    }
  }

  /** Reads a time as it is printed, in words or in JSON. */
  static final class TimeConverter implements ITypeConverter<Instant> {

    private static final Pattern MILLIS = Pattern.compile("-?\\d{1,18}");

    @Override
    public Instant convert(String text) {
      try {
        return MILLIS.matcher(text).matches()
            ? Instant.ofEpochMilli(Long.parseLong(text))
            : OffsetDateTime.parse(text).toInstant();
      } catch (DateTimeException e) {
        throw new TypeConversionException(
            "must be a time such as 2026-01-31T12:00:00Z or in milliseconds since 1970, got \"%s\""
                .formatted(text));
      }
    }
  }
}
