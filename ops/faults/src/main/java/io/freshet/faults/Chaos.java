package io.freshet.faults;

import io.freshet.cli.report.EvaluationStore;
import io.freshet.cli.run.JobProgress;
import io.freshet.faults.FaultPlan.Fault;
import io.freshet.faults.Injector.Recovery;
import io.freshet.faults.Oracle.Truth;
import io.freshet.faults.ReaderLine.What;
import io.freshet.schema.event.Heartbeat;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A run: one fault after the other while a source feeds, then the comparison with the oracle. */
final class Chaos {

  private static final Duration END = Duration.ofSeconds(240);
  private static final Duration QUIET = Duration.ofSeconds(3);
  private static final int DISK_MIB = 256;

  /** All that is sent stays there. */
  private static final int BROKER_DISK_MIB = 2048;

  private final Options options;
  private final PrintStream out;

  /**
   * @param minutes after which no further fault is done
   * @param perSecond events of the source
   * @param kinds of faults
   * @param directory for everything that the run writes
   */
  record Options(
      int faults,
      long seed,
      double minutes,
      double perSecond,
      Set<FaultKind> kinds,
      Path directory) {

    /** All kinds. */
    static Options of(int faults, long seed, double minutes, double perSecond, Path directory) {
      return new Options(
          faults, seed, minutes, perSecond, EnumSet.allOf(FaultKind.class), directory);
    }
  }

  Chaos(Options options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  /** Runs everything and writes {@code chaos.json} and {@code chaos.md} into the directory. */
  ChaosReport run() {
    Arena.Plan plan = new Arena.Plan(options.directory(), options.seed(), options.perSecond());
    Optional<Disk> checkpoints = disk(FaultKind.DISK_FULL, plan.checkpoints(), DISK_MIB);
    Optional<Disk> broker = disk(FaultKind.BROKER_DISK_FULL, plan.broker(), BROKER_DISK_MIB);
    try (Arena arena = new Arena(plan, new Arena.Disks(checkpoints, broker))) {
      return run(arena);
    } finally {
      checkpoints.ifPresent(Disk::close);
      broker.ifPresent(Disk::close);
    }
  }

  private Optional<Disk> disk(FaultKind kind, Path directory, int mebibytes) {
    return options.kinds().contains(kind) ? Disk.mount(directory, mebibytes) : Optional.empty();
  }

  private ChaosReport run(Arena arena) {
    Set<FaultKind> kinds = EnumSet.copyOf(options.kinds());
    String leftOut = "";
    boolean full = arena.disks().checkpoints().isEmpty() && kinds.remove(FaultKind.DISK_FULL);
    full |= arena.disks().broker().isEmpty() && kinds.remove(FaultKind.BROKER_DISK_FULL);
    if (full) {
      leftOut = "full disks, since this process may not mount small ones";
      out.println("LEFT OUT: " + leftOut);
    }
    List<Fault> plan = FaultPlan.draw(options.seed(), options.faults(), kinds);
    Injector injector = new Injector(arena);
    List<Recovery> recoveries = new ArrayList<>();
    FaultsClock.await(
        END,
        () -> "every reader must serve",
        () -> arena.readers().newest().size() == arena.readerCount());
    String stuck = "";
    long began = FaultsClock.millis();
    for (Fault fault : plan) {
      if (FaultsClock.millis() - began > options.minutes() * 60_000) {
        break;
      }
      Recovery recovery;
      try {
        recovery = injector.inject(fault);
      } catch (FaultsFailed e) {
        stuck = "fault %d, %s: %s".formatted(fault.number(), fault.kind(), e.getMessage());
        out.println("STUCK: " + stuck);
        break;
      }
      recoveries.add(recovery);
      out.printf(
          "%d/%d %s (%s): learns after %d ms, readers after %d and %d ms%n",
          fault.number(),
          plan.size(),
          fault.kind(),
          recovery.whom(),
          recovery.trainingMs(),
          recovery.speculativeMs(),
          recovery.committedMs());
    }
    long seconds = (FaultsClock.millis() - began) / 1000;
    stuck += ended(arena);
    List<ReaderLine> lines = arena.readers().lines();
    long sent = arena.feed().sent();
    arena.endTraining();
    out.printf("%d events; the sequential replay learns them%n", sent);
    ChaosReport report =
        new ChaosReport(
            "ops/chaos --faults %d --seed %d --minutes %s --rate %d%s"
                .formatted(
                    options.faults(),
                    options.seed(),
                    options.minutes(),
                    (long) options.perSecond(),
                    only(options.kinds())),
            plan.size(),
            recoveries,
            leftOut,
            sent,
            arena.source().counts(sent),
            seconds,
            attempts(arena),
            counts(lines),
            verdict(arena, lines).with(stuck));
    report.write(
        options.directory().resolve("chaos.json"), options.directory().resolve("chaos.md"));
    return report;
  }

  private static String only(Set<FaultKind> kinds) {
    return kinds.equals(EnumSet.allOf(FaultKind.class))
        ? ""
        : " --kinds " + kinds.stream().map(Enum::name).collect(Collectors.joining(","));
  }

  private static Map<String, Long> attempts(Arena arena) {
    Map<String, Long> attempts = new LinkedHashMap<>();
    arena.names().forEach(model -> attempts.put(model, arena.pulse().epoch(model)));
    return attempts;
  }

  private static List<ReaderLine> counts(List<ReaderLine> lines) {
    Map<String, ReaderLine> last = new LinkedHashMap<>();
    for (ReaderLine line : lines) {
      if (line.what() == What.COUNTS) {
        last.put(line.model() + line.isolation(), line);
      }
    }
    return List.copyOf(last.values());
  }

  /** What was waited for in vain; nothing when the end was reached. */
  private String ended(Arena arena) {
    try {
      end(arena);
      return "";
    } catch (FaultsFailed e) {
      out.println("STUCK: " + e.getMessage());
      return " at the end: " + e.getMessage();
    }
  }

  /** Lets everything that was sent be learnt and served. */
  private void end(Arena arena) {
    out.println("the source ends");
    arena.feed().end(END);
    List<String> learners = new ArrayList<>(arena.names());
    learners.add("references");
    JobProgress progress =
        new JobProgress(
            URI.create("http://" + arena.cluster().flinkAddress()), arena.job(), learners);
    long[] promisedAt = {FaultsClock.millis()};
    FaultsClock.await(
        END,
        () -> "learners must reach the end, they are at " + progress.snapshot(),
        () -> {
          repeatPromise(arena, promisedAt);
          return progress.refresh().learnt(Heartbeat.END_OF_TIME - 1);
        });
    arena.pulse().drain(END);
    FaultsClock.await(
        END,
        () ->
            "all readers must serve the last step, they serve " + arena.readers().newest().values(),
        () -> {
          repeatPromise(arena, promisedAt);
          return quiet(arena);
        });
  }

  /** An attempt that has started meanwhile has forgotten the end of time. */
  private static void repeatPromise(Arena arena, long[] promisedAt) {
    if (FaultsClock.millis() - promisedAt[0] > QUIET.toMillis()) {
      arena.feed().promiseAgain();
      promisedAt[0] = FaultsClock.millis();
    }
  }

  /**
   * Whether both readers of each model have held the same version for a while, one of its last
   * step: an attempt that ends just now has said its steps before it has published them.
   */
  private static boolean quiet(Arena arena) {
    Map<String, ReaderLine> newest = arena.readers().newest();
    long now = FaultsClock.millis();
    for (String model : arena.names()) {
      ReaderLine speculative = newest.get(model + " speculative");
      ReaderLine committed = newest.get(model + " committed");
      if (speculative == null
          || committed == null
          || speculative.number() != committed.number()
          || speculative.step() < arena.pulse().step(model)
          || now - Math.max(speculative.at(), committed.at()) < QUIET.toMillis()) {
        return false;
      }
    }
    return true;
  }

  private Verdict verdict(Arena arena, List<ReaderLine> lines) {
    Path work = Arena.made(options.directory().resolve("should"));
    try (EvaluationStore should = new EvaluationStore(work, arena.names())) {
      Oracle oracle = new Oracle(arena.kafka(), arena.models());
      Map<String, Truth> truths = oracle.learn(Verdict.served(lines), should);
      return Verdict.of(
          arena.names(),
          arena.said(),
          should,
          oracle.examples(),
          truths,
          lines,
          options.directory());
    }
  }
}
