package io.freshet.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Events per second, or as fast as they are taken.
 *
 * @param perSecond above 0; infinite for max
 */
public record Rate(double perSecond) {

  /** As fast as they are taken. */
  public static final Rate MAX = new Rate(Double.POSITIVE_INFINITY);

  /** Reads {@code max} or a number. */
  public static final class Converter implements ITypeConverter<Rate> {

    @Override
    public Rate convert(String text) {
      if (text.equals("max")) {
        return MAX;
      }
      try {
        double perSecond = Double.parseDouble(text);
        if (perSecond > 0 && perSecond < Double.POSITIVE_INFINITY) {
          return new Rate(perSecond);
        }
      } catch (NumberFormatException e) {
        throw refusal(text);
      }
      throw refusal(text);
    }

    private static TypeConversionException refusal(String text) {
      return new TypeConversionException(
          "must be max or events per second above 0, got \"" + text + "\"");
    }
  }
}
