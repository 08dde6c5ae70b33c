package io.freshet.source.search;

import io.freshet.source.InvalidSource;
import io.freshet.source.SourceArgument;
import io.freshet.source.clicks.ClickModel;
import java.util.Map;
import java.util.Set;

/**
 * How a collection becomes a stream.
 *
 * @param clicks how users click on what they are shown
 * @param noise probability that an irrelevant document attracts a click once looked at
 * @param explore share of pages whose documents and order are drawn at random from the candidates
 * @param users how many there are
 */
public record SearchStream(ClickModel clicks, double noise, double explore, int users) {

  /** Documents on a page. */
  static final int PAGE = 10;

  /** The ranker's best so many are its candidates. */
  static final int CANDIDATES = 50;

  /** Mean time between two searches, milliseconds; exponentially distributed. */
  static final long GAP_MS = 10_000;

  private static final ClickModel POSITION_BASED = new ClickModel.PositionBased(1);
  private static final ClickModel CASCADE = new ClickModel.Cascade(0.5, 0.9);

  public SearchStream {
    if (!(noise >= 0 && noise < 1)) {
      throw new IllegalArgumentException("noise must be from 0 to below 1, came " + noise);
    }
    if (!(explore >= 0 && explore <= 1)) {
      throw new IllegalArgumentException("explore must be from 0 to 1, came " + explore);
    }
    if (users < 1 || users > 100_000_000) {
      throw new IllegalArgumentException("users must be from 1 to 100000000, came " + users);
    }
  }

  /** What is stated wherever a result is reported. */
  String labels() {
    return "simulated clicks (%s, noise %s) from real judgments".formatted(clicks.name(), noise);
  }

  /** From the settings on the command line. */
  static SearchStream of(SourceArgument argument) {
    argument.allow(Set.of("clicks", "noise", "explore", "users"));
    Map<String, String> given = argument.settings();
    String clicks = given.getOrDefault("clicks", "position");
    ClickModel model =
        switch (clicks) {
          case "position" -> POSITION_BASED;
          case "cascade" -> CASCADE;
          default ->
              throw new InvalidSource(
                  "clicks must be position or cascade, came \"" + clicks + "\"");
        };
    try {
      return new SearchStream(
          model,
          number(given, "noise", 0.1),
          number(given, "explore", 0.3),
          (int) number(given, "users", 500));
    } catch (IllegalArgumentException e) {
      throw new InvalidSource(argument.usage() + ": " + e.getMessage(), e);
    }
  }

  private static double number(Map<String, String> given, String key, double standard) {
    String value = given.get(key);
    try {
      return value == null ? standard : Double.parseDouble(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(key + " must be a number, came \"" + value + "\"", e);
    }
  }
}
