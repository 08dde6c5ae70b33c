package io.freshet.faults;

import io.freshet.faults.ReaderLine.What;
import io.freshet.modellog.Command;
import io.freshet.modellog.Decision;
import io.freshet.modellog.KafkaCommands;
import io.freshet.modellog.TopicNames;
import io.freshet.modellog.Version;
import io.freshet.scoring.state.HashValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;

/** Somebody who commands learners, in the midst of everything. */
final class Commander {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int MOST_BACK = 8;
  private static final int MOST_ROUNDS = 40;

  /** What a learner says of a version that lies in its log and to which no proven way leads. */
  private static final String CUT_OFF = "the parent of ";

  private final Arena arena;

  Commander(Arena arena) {
    this.arena = arena;
  }

  /**
   * Takes a model back to one of the versions that its committed reader served last; one that is
   * gone by then is declined.
   *
   * @throws FaultsFailed if it is there and cannot be rebuilt
   */
  String rollBack(String model, Random random) {
    List<ReaderLine> served = new ArrayList<>();
    for (ReaderLine line : arena.readers().lines()) {
      if (line.what() == What.SWAP
          && line.model().equals(model)
          && line.isolation().equals("committed")) {
        served.add(line);
      }
    }
    if (served.isEmpty()) {
      throw new FaultsFailed(
          "a committed reader of %s must have served a version".formatted(model));
    }
    ReaderLine target = served.get(Math.max(0, served.size() - 1 - random.nextInt(MOST_BACK)));
    return sent(
        model,
        Command.rollback(
            id(random),
            new Version(target.epoch(), target.number()),
            HashValue.parse(Objects.requireNonNull(target.hash())),
            FaultsClock.millis()));
  }

  String poison(String model, Random random) {
    return sent(
        model,
        Command.poison(
            id(random),
            1 + random.nextInt(MOST_ROUNDS),
            (1 + random.nextInt(10)) / 10.0,
            FaultsClock.millis()));
  }

  private static String id(Random random) {
    return new UUID(random.nextLong(), random.nextLong()).toString();
  }

  private String sent(String model, Command command) {
    Decision decision =
        new KafkaCommands(arena.kafka().client(), new TopicNames("", model))
            .send(command, PATIENCE, FaultsClock::nanos);
    if (decision == null) {
      throw new FaultsFailed(
          "the learner of %s must decide on a command within %d s, it did not"
              .formatted(model, PATIENCE.toSeconds()));
    }
    if (decision.kind() == Decision.Kind.DECLINED && decision.text().contains(CUT_OFF)) {
      throw new FaultsFailed(
          "whatever lies in the log of %s must be rebuilt from it: %s"
              .formatted(model, decision.text()));
    }
    return "%s: %s".formatted(model, decision.text());
  }
}
