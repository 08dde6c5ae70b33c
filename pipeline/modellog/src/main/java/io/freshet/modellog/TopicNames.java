package io.freshet.modellog;

import java.util.regex.Pattern;

/**
 * Names of one model's topics.
 *
 * @param prefix what all topics of an installation begin with; may be empty
 */
public record TopicNames(String prefix, String model) {

  private static final Pattern ALLOWED = Pattern.compile("[a-zA-Z0-9._-]*");
  private static final int MAX_LENGTH = 249;

  public TopicNames {
    String longest = prefix + "models." + model + ".decisions";
    if (model.isEmpty() || !ALLOWED.matcher(longest).matches() || longest.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "prefix and model must name Kafka topics (a-z A-Z 0-9 . _ -, %d characters at most with models.MODEL.decisions), got \"%s\" and \"%s\""
              .formatted(MAX_LENGTH, prefix, model));
    }
  }

  static TopicNames inMemory(String model) {
    return new TopicNames("", model);
  }

  public String log() {
    return prefix + "models." + model + ".log";
  }

  public String anchors() {
    return prefix + "models." + model + ".anchors";
  }

  /** For learners only. */
  public String slots() {
    return prefix + "models." + model + ".slots";
  }

  /** Compacted: what was decided beside the versions, and refused candidates. */
  public String decisions() {
    return prefix + "models." + model + ".decisions";
  }

  /** What is asked of learners; shared by all models. */
  public String commands() {
    return prefix + "models.commands";
  }

  /** Compacted, shared by all models. */
  public String index() {
    return prefix + "models.index";
  }

  String of(LogMedium.Topic topic) {
    return switch (topic) {
      case LOG -> log();
      case ANCHORS -> anchors();
      case SLOTS -> slots();
      case INDEX -> index();
      case DECISIONS -> decisions();
      case COMMANDS -> commands();
    };
  }
}
