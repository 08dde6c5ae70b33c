package io.freshet.cli;

import io.freshet.modellog.Version;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A version as people name it.
 *
 * @param epoch null where a bare number means the one that the log holds
 */
record WantedVersion(@Nullable Long epoch, long number) {

  boolean is(Version version) {
    return version.number() == number && (epoch == null || epoch == version.epoch());
  }

  @Override
  public String toString() {
    return (epoch == null ? "" : epoch + ":") + number;
  }

  /** Reads one from the command line. */
  static final class Converter implements ITypeConverter<WantedVersion> {

    private static final Pattern FORM = Pattern.compile("(?:(\\d{1,18}):)?(\\d{1,18})");

    @Override
    public WantedVersion convert(String text) {
      Matcher matcher = FORM.matcher(text);
      if (!matcher.matches()) {
        throw new TypeConversionException(
            "must be a number, or an epoch and a number such as 1:250, got \"%s\"".formatted(text));
      }
      String epoch = matcher.group(1);
      return new WantedVersion(
          epoch == null ? null : Long.valueOf(epoch), Long.parseLong(matcher.group(2)));
    }
  }
}
