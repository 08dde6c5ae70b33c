package io.freshet.faults;

import io.freshet.cluster.Member;
import io.freshet.faults.FaultPlan.Fault;
import io.freshet.faults.ReaderLine.What;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** Does one fault after another to an {@link Arena}, and waits until it is over. */
final class Injector {

  private static final Duration PATIENCE = Duration.ofSeconds(180);

  private static final Set<FaultKind> ENDS_ATTEMPTS =
      Set.of(FaultKind.TASK_MANAGER_KILLED, FaultKind.JOB_MANAGER_KILLED, FaultKind.ALL_KILLED);

  private final Arena arena;
  private final Commander commands;

  Injector(Arena arena) {
    this.arena = arena;
    this.commands = new Commander(arena);
  }

  /**
   * What came of a fault. Times are counted from its end: from when a killed process was started
   * again, a connection mended, a record written.
   *
   * @param whom it met
   * @param trainingMs until every model had taken a step that it had not taken before, in a new
   *     attempt where the fault ends the present one
   * @param speculativeMs until every speculative reader had swapped to a newer version
   * @param committedMs the same of committed readers
   */
  record Recovery(
      Fault fault, String whom, long trainingMs, long speculativeMs, long committedMs) {}

  /** Does it, and waits until every model learns and every reader swaps again. */
  Recovery inject(Fault fault) {
    Random random = fault.random();
    List<String> models = arena.names();
    Map<String, Long> attempts = new HashMap<>();
    if (ENDS_ATTEMPTS.contains(fault.kind())) {
      models.forEach(name -> attempts.put(name, arena.pulse().epoch(name)));
    }
    String model = models.get(random.nextInt(models.size()));
    String whom =
        switch (fault.kind()) {
          case CONNECTIONS_CUT -> {
            Duration time = millis(200 + random.nextInt(1_800));
            arena.wire().cut();
            yield held(time);
          }
          case CONNECTIONS_DELAYED -> {
            int delay = 50 + random.nextInt(250);
            arena.wire().delay(delay);
            yield delay + " ms, " + held(millis(1_000 + random.nextInt(2_000)));
          }
          case CONNECTIONS_THROTTLED -> {
            int rate = 20_000 + random.nextInt(80_000);
            arena.wire().throttle(rate);
            yield rate + " bytes/s, " + held(millis(1_000 + random.nextInt(2_000)));
          }
          case CHECKPOINT_FAILED -> withoutCheckpoints(millis(1_500 + random.nextInt(1_500)));
          case DISK_FULL ->
              withoutSpace(arena.disks().checkpoints(), millis(1_500 + random.nextInt(1_500)));
          case BROKER_DISK_FULL ->
              withoutSpace(arena.disks().broker(), millis(1_500 + random.nextInt(1_500)));
          case ROLLED_BACK -> commands.rollBack(model, random);
          case POISONED -> commands.poison(model, random);
          case READER_KILLED -> {
            arena.readers().kill();
            arena.readers().start();
            yield "all readers";
          }
          case TASK_MANAGER_KILLED -> again(learning(model));
          case JOB_MANAGER_KILLED -> again(arena.cluster().jobManager(0));
          case BROKER_KILLED -> again(arena.cluster().broker());
          case ALL_KILLED -> {
            arena.killAll();
            yield "all";
          }
          case LEARNER_PAUSED -> paused(model);
          case FOREIGN_TRANSACTION -> {
            Duration time = millis(200 + random.nextInt(1_000));
            arena.hostile().hold(model, time, random);
            yield "%s, %d ms".formatted(model, time.toMillis());
          }
          default -> {
            String other = models.get((models.indexOf(model) + 1) % models.size());
            arena.hostile().write(fault.kind(), model, other, random);
            yield model;
          }
        };
    return recovered(fault, whom, FaultsClock.millis(), attempts);
  }

  private static Duration millis(long millis) {
    return Duration.ofMillis(millis);
  }

  private String held(Duration time) {
    FaultsClock.pass(time);
    arena.wire().mend();
    return "for %d ms".formatted(time.toMillis());
  }

  private static String again(Member member) {
    member.kill();
    member.start();
    return member.name();
  }

  /** The task manager with a model's learner; the other one may have nothing to do. */
  private Member learning(String model) {
    arena.cluster().awaitRunning(arena.job(), PATIENCE);
    return arena.cluster().taskManagerOf(arena.job(), "learner-" + model);
  }

  /** A file lies where directories of checkpoints are made. */
  private String withoutCheckpoints(Duration time) {
    Path directory = arena.checkpoints();
    Path away = directory.resolveSibling("away");
    try {
      Files.move(directory, away);
      Files.createFile(directory);
      FaultsClock.pass(time);
      Files.delete(directory);
      Files.move(away, directory);
    } catch (IOException e) {
      throw new UncheckedIOException(directory + " must be movable", e);
    }
    return "for %d ms".formatted(time.toMillis());
  }

  private static String withoutSpace(Optional<Disk> small, Duration time) {
    Disk disk =
        small.orElseThrow(() -> new FaultsFailed("a full disk needs one that can be filled"));
    disk.fill();
    FaultsClock.pass(time);
    disk.empty();
    return "for %d ms".formatted(time.toMillis());
  }

  /** Stopped for so long that another attempt has taken over; it knows nothing of that then. */
  private String paused(String model) {
    long before = arena.pulse().epoch(model);
    FaultsClock.await(
        PATIENCE,
        () -> "all task managers must be there before one is paused",
        () -> arena.supervise() && arena.isComplete());
    Member learning = learning(model);
    learning.pause();
    try {
      FaultsClock.await(
          PATIENCE,
          () -> "another attempt of %s must take over, attempt %d learns".formatted(model, before),
          () -> arena.pulse().epoch(model) > before);
    } finally {
      learning.resume();
    }
    return "%s with the learner of %s".formatted(learning.name(), model);
  }

  /**
   * @param attempts that the fault has ended, by model
   */
  private Recovery recovered(Fault fault, String whom, long since, Map<String, Long> attempts) {
    FaultsClock.await(
        PATIENCE,
        () ->
            "every model must learn again after fault %d (%s, %s); newest steps %d ms after it: %s"
                .formatted(
                    fault.number(), fault.kind(), whom, FaultsClock.millis() - since, ages(since)),
        () ->
            arena.supervise()
                && arena.names().stream()
                    .allMatch(
                        model ->
                            arena.pulse().steppedAt().getOrDefault(model, 0L) > since
                                && arena.pulse().learning(model)
                                    > attempts.getOrDefault(model, 0L)));
    long training = FaultsClock.millis() - since;
    FaultsClock.await(
        PATIENCE,
        () ->
            "every reader must swap again after fault %d (%s, %s), their newest swaps are %s"
                .formatted(fault.number(), fault.kind(), whom, arena.readers().newest().values()),
        () -> arena.supervise() && arena.readers().allSwappedSince(arena.readerCount()) > since);
    return new Recovery(
        fault, whom, training, firstSwaps("speculative", since), firstSwaps("committed", since));
  }

  private Map<String, Long> ages(long since) {
    Map<String, Long> ages = new HashMap<>();
    arena.pulse().steppedAt().forEach((model, at) -> ages.put(model, at - since));
    return ages;
  }

  /** When the last of these readers first swapped, in milliseconds from {@code since}. */
  private long firstSwaps(String isolation, long since) {
    Map<String, Long> first = new HashMap<>();
    for (ReaderLine line : arena.readers().lines()) {
      if (line.what() == What.SWAP && line.at() > since && line.isolation().equals(isolation)) {
        first.putIfAbsent(line.model(), line.at() - since);
      }
    }
    return first.values().stream().mapToLong(Long::longValue).max().orElse(-1);
  }
}
