package io.freshet.cli;

import io.freshet.cli.audit.LiveVersions;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.modellog.Claims;
import io.freshet.modellog.Decision;
import io.freshet.modellog.KafkaModelLog;
import io.freshet.modellog.LogFeed;
import io.freshet.modellog.ModelIndex;
import io.freshet.modellog.TopicNames;
import io.freshet.modellog.Version;
import io.freshet.modellog.VersionFacts;
import io.freshet.scoring.state.HashValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Takes a model back to an earlier version. */
@Command(
    name = "rollback",
    description =
        "Publishes the state of an earlier version as the newest one. The running learner takes "
            + "over that version's whole state, optimiser slots included, and learns on from it; "
            + "steps and numbers go on. The version must be committed, and lie in the log or be an "
            + "anchor that is kept (inspect lists them).")
final class RollbackCommand implements Callable<Integer> {

  @ParentCommand private Freshet freshet;

  @Mixin private KafkaOptions kafka;

  @Parameters(paramLabel = "MODEL", description = "Name of the model.")
  private String model;

  @Option(
      names = "--to",
      paramLabel = "[E:]N",
      required = true,
      converter = WantedVersion.Converter.class,
      description = "The version, with its epoch or without.")
  private WantedVersion version;

  @Option(names = "--data", paramLabel = "DIR", description = "The directory of a running demo.")
  private @Nullable Path data;

  @Override
  public Integer call() {
    KafkaAccess access = kafka.access(data);
    TopicNames names = FollowCommand.names(access, model);
    Map.Entry<Version, HashValue> target = target(access, names);
    long sentAt = freshet.wallTime().getAsLong();
    Decision decision =
        CommandOutcome.of(
            access,
            names,
            io.freshet.modellog.Command.rollback(
                UUID.randomUUID().toString(), target.getKey(), target.getValue(), sentAt));
    freshet
        .terminal()
        .say(
            String.format(
                Locale.ROOT,
                "%s %s after step %,d, decided %,d ms after it was asked: its newest version has state hash %s",
                model,
                decision.text(),
                decision.at().step(),
                decision.decidedAt() - sentAt,
                decision.stateHash()));
    return 0;
  }

  /** The version that is meant, among those that can still be had. */
  private Map.Entry<Version, HashValue> target(KafkaAccess access, TopicNames names) {
    TreeMap<Version, HashValue> there = new TreeMap<>();
    Version committed;
    try (LogFeed feed = KafkaModelLog.feed(access.client(), names)) {
      ModelIndex index = feed.index();
      committed = index.committed();
      Claims claims = new Claims();
      claims.addAll(index.claims());
      for (ModelIndex.AnchorPosition anchor : index.anchors()) {
        if (claims.live(anchor)) {
          there.put(anchor.version(), anchor.stateHash());
        }
      }
    }
    for (VersionFacts facts : LiveVersions.read(access, names)) {
      there.put(facts.version(), facts.stateHash());
    }
    for (Map.Entry<Version, HashValue> known : there.descendingMap().entrySet()) {
      if (version.is(known.getKey())) {
        if (committed == null || known.getKey().number() > committed.number()) {
          throw new CommandFailed(
              "version %s of %s must be committed, so that no restart takes it back; %s"
                  .formatted(
                      known.getKey(),
                      model,
                      committed == null
                          ? "none is yet"
                          : "the newest committed one is " + committed));
        }
        return known;
      }
    }
    throw new CommandFailed(
        "%s must have a version %s that no restart took back, in its log or as an anchor; it has %s"
            .formatted(model, version, named(there)));
  }

  /** Versions in their order, those that follow each other as one: {@code 1:1 to 1:40, 2:44}. */
  static String named(NavigableMap<Version, HashValue> there) {
    List<String> named = new ArrayList<>();
    Version first = null;
    Version last = null;
    for (Version version : there.keySet()) {
      if (last == null
          || version.epoch() != last.epoch()
          || version.number() != last.number() + 1) {
        add(named, first, last);
        first = version;
      }
      last = version;
    }
    add(named, first, last);
    return named.isEmpty() ? "none" : String.join(", ", named);
  }

  private static void add(List<String> named, @Nullable Version first, @Nullable Version last) {
    if (first != null) {
      named.add(first.equals(last) ? first.toString() : first + " to " + last);
    }
  }
}
