package io.freshet.cli.run;

import io.freshet.cli.Causes;
import io.freshet.cli.CommandFailed;
import io.freshet.cli.Terminal;
import io.freshet.cli.feed.FeedLedger;
import io.freshet.cli.feed.Feeder;
import io.freshet.cli.feed.SourceClock;
import io.freshet.cli.http.RequestRefused;
import io.freshet.cli.kafka.EmbeddedKafka;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.kafka.SharedTopics;
import io.freshet.cli.page.LivePage;
import io.freshet.cli.page.LiveView;
import io.freshet.cli.report.DeadLetterCounts;
import io.freshet.cli.report.EvaluationStore;
import io.freshet.cli.report.PredictionsFile;
import io.freshet.cli.report.RunReport;
import io.freshet.cli.report.ServedFreshness;
import io.freshet.cli.search.PageSearch;
import io.freshet.cli.search.SearchView;
import io.freshet.job.JobSettings;
import io.freshet.job.ProcessMemory;
import io.freshet.job.SlotRequests;
import io.freshet.job.input.InputPartitions;
import io.freshet.job.timeline.Searches;
import io.freshet.schema.EventTopics;
import io.freshet.schema.event.Heartbeat;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelsFile;
import io.freshet.search.Found;
import io.freshet.serving.Isolation;
import io.freshet.source.Source;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Everything in one process: broker, cluster, job, feed, readers, page. {@link #run} belongs to one
 * thread; {@link #stop} may be called from any.
 */
public final class DemoRun {

  private static final Duration CHECKPOINT_EVERY = Duration.ofSeconds(1);
  private static final long TURN_MS = 250;
  private static final long REPORT_EVERY_MS = 5_000;
  private static final long PROMISE_AGAIN_MS = 5_000;

  /**
   * What a run is asked to do.
   *
   * @param sourceArgument as on the command line
   * @param rate events per second, infinite for as fast as they are taken
   * @param parallelism of source, filter and timelines
   */
  public record Plan(
      String sourceArgument,
      Source source,
      long seed,
      ModelsFile models,
      OptionalLong events,
      double rate,
      String host,
      int port,
      @Nullable Path report,
      @Nullable Path predictions,
      Isolation isolation,
      int parallelism,
      String prefix) {}

  private final Plan plan;
  private final DataDirectory data;
  private final Terminal terminal;
  private final LongSupplier wallTime;
  private final SourceClock clock = new SourceClock();
  private final RecentRequests requests = new RecentRequests();
  private final ServedFreshness freshness = new ServedFreshness(clock);
  private final DeadLetterCounts deadLetters = new DeadLetterCounts();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean stopped;
  private volatile @Nullable JobProgress progress;
  private volatile @Nullable LiveView shown;
  private volatile @Nullable PageSearch searches;

  public DemoRun(Plan plan, DataDirectory data, Terminal terminal, LongSupplier wallTime) {
    this.plan = plan;
    this.data = data;
    this.terminal = terminal;
    this.wallTime = wallTime;
  }

  /** Lets {@link #run} come to a clean end, which is waited for at most so long. */
  public void stop(Duration patience) {
    stopped = true;
    try {
      if (!ended.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        terminal.note("the run must end within " + patience.toSeconds() + " s, it did not");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Runs until the source ends, the number of events is reached or {@link #stop} is called. */
  public RunReport run() {
    Deque<AutoCloseable> open = new ArrayDeque<>();
    try {
      return run(open);
    } finally {
      closeAll(open);
      ended.countDown();
    }
  }

  private RunReport run(Deque<AutoCloseable> open) {
    Path snapshot = data.newestSnapshot();
    terminal.note(
        snapshot == null
            ? "starting Kafka and Flink in this process"
            : "going on from " + data.root().relativize(snapshot));
    EmbeddedKafka broker = opened(open, EmbeddedKafka.start(data.kafka()));
    KafkaAccess kafka = KafkaAccess.to(broker.brokers(), new EventTopics(plan.prefix()));
    SharedTopics topics = new SharedTopics(kafka);
    topics.create((short) 1);
    Map<String, Integer> partitions = topics.partitions(kafka.topics().events());
    long startedAt = wallTime.getAsLong();
    List<String> models = plan.models().models().stream().map(ModelSettings::name).toList();
    Set<String> ranking = Searches.modelsThatRank(plan.models());

    EvaluationStore store = opened(open, new EvaluationStore(data.scratch(), models, ranking));
    JobGate gate = new JobGate(clock, plan.models().stream().outOfOrdernessMs(), System::nanoTime);
    Feeder feeder =
        new Feeder(
            plan.source(),
            kafka,
            partitions,
            new Feeder.Plan(plan.events(), plan.rate(), plan.models().stream().heartbeatMs(), 0),
            clock,
            gate,
            requests::saw,
            new FeedLedger(data.ledger()),
            wallTime);
    RunFigures figures =
        new RunFigures(
            plan.sourceArgument(),
            plan.source(),
            plan.seed(),
            models,
            ranking,
            plan.models().stream().waitMs(),
            store,
            deadLetters,
            freshness,
            clock,
            feeder::counts,
            startedAt);
    look(figures, feeder);
    LivePage page =
        opened(open, LivePage.start(plan.host(), plan.port(), this::shown, this::search));
    data.announce(
        new DataDirectory.Endpoint(
            kafka.brokers(), plan.prefix(), page.port(), ProcessHandle.current().pid()));
    terminal.say("live page: " + page.url());

    LocalJob job = opened(open, startJob(kafka, snapshot));
    JobProgress jobProgress = new JobProgress(job.rest(), job.job().toString(), learners(models));
    progress = jobProgress;
    gate.follow(jobProgress);
    ResultsReader results =
        opened(
            open,
            new ResultsReader(
                    kafka,
                    Map.of(
                        kafka.topics().evaluations(),
                        value -> learnt(store, value),
                        kafka.topics().deadLetters(),
                        deadLetters::add))
                .start());
    CompletableFuture<Feeder.Outcome> feeding =
        CompletableFuture.supplyAsync(feeder::run, this::thread);
    open.push(
        () -> {
          feeder.stop();
          feeding.exceptionally(e -> null).join();
        });

    figures.state("learning");
    DemoReaders readers = opened(open, readers(kafka, models));
    searches =
        opened(open, new PageSearch(kafka, readers::reader, this::staleness, System::nanoTime));
    Feeder.@Nullable Outcome outcome = null;
    Movement movement = new Movement(plan.rate(), wallTime.getAsLong());
    long reportedAt = wallTime.getAsLong();
    long promisedAt = reportedAt;
    boolean learnt = false;
    int agreed = 0;
    while (!stopped && agreed < 2) {
      awaitTurn();
      jobProgress.refresh();
      job.failure().ifPresent(reason -> fail("the job must run, it failed: " + reason));
      results.check();
      boolean followed = readers.start(plan.isolation(), figures);
      outcome = outcome == null ? outcomeOf(feeding) : outcome;
      learnt = outcome != null && jobProgress.snapshot().learnt(target(outcome));
      promisedAt =
          outcome == null || learnt ? wallTime.getAsLong() : promiseAgain(feeder, promisedAt);
      agreed = learnt && followed ? agreed + 1 : 0;
      figures.sample(wallTime.getAsLong());
      look(figures, feeder);
      terminal.progress(
          ProgressLine.of(
              shown(), backlog(feeder, jobProgress.snapshot().watermark()), figures.trained()));
      reportedAt = reportNowAndThen(figures, feeder, readers, reportedAt);
      movement.check(
          wallTime.getAsLong(), feeder.sent(), jobProgress.snapshot(), figures.trained());
    }
    long learntAt = wallTime.getAsLong();
    figures.state("stopping");
    look(figures, feeder);
    feeder.stop();
    feeding.join();
    Path savepoint = job.stop();
    data.removeSnapshotsBut(savepoint);
    results.drain();
    return finish(figures, feeder, store, learntAt, readers);
  }

  private RunReport finish(
      RunFigures figures,
      Feeder feeder,
      EvaluationStore store,
      long learntAt,
      DemoReaders readers) {
    readers.finish(plan.isolation());
    figures.state("done");
    RunReport report =
        figures.report(learntAt, learntAt, feeder.sent(), readers.secondsToFirstScore(), true);
    look(figures, feeder);
    if (plan.report() != null) {
      report.write(plan.report());
    }
    if (plan.predictions() != null) {
      List<String> all = store.figures().stream().map(EvaluationStore.Figures::model).toList();
      PredictionsFile.write(plan.predictions(), store, all);
    }
    return report;
  }

  private static <T extends AutoCloseable> T opened(Deque<AutoCloseable> open, T resource) {
    open.push(resource);
    return resource;
  }

  private void closeAll(Deque<AutoCloseable> open) {
    for (AutoCloseable resource : open) {
      try {
        resource.close();
      } catch (Exception e) {
        terminal.note("closing went wrong: " + Causes.of(e));
      }
    }
  }

  private void thread(Runnable task) {
    Thread thread = new Thread(task, "freshet-feeder");
    thread.setDaemon(true);
    thread.start();
  }

  private LocalJob startJob(KafkaAccess kafka, @Nullable Path snapshot) {
    return LocalJob.start(
        new JobSettings(
            plan.models(),
            new InputPartitions(kafka.topics().events()),
            new KafkaLogs(kafka.client(), plan.prefix(), false),
            plan.parallelism(),
            true,
            SlotRequests.NONE,
            Build.version()),
        kafka,
        new LocalJob.Storage(data.checkpoints(), data.savepoints(), snapshot, CHECKPOINT_EVERY));
  }

  private static List<String> learners(List<String> models) {
    List<String> learners = new ArrayList<>(models);
    learners.add("references");
    return learners;
  }

  private DemoReaders readers(KafkaAccess kafka, List<String> models) {
    return new DemoReaders(kafka, models, clock, requests, freshness, wallTime, terminal);
  }

  private void learnt(EvaluationStore store, byte[] value) {
    var evaluation = store.add(value);
    if (evaluation != null && !evaluation.getFamily().equals(EvaluationStore.REFERENCE)) {
      evaluation
          .getRows()
          .forEach(row -> freshness.learnt(evaluation.getModel(), row.getReadyTime()));
    }
  }

  private static Feeder.@Nullable Outcome outcomeOf(CompletableFuture<Feeder.Outcome> feeding) {
    try {
      return feeding.isDone() ? feeding.get(1, TimeUnit.SECONDS) : null;
    } catch (ExecutionException | TimeoutException e) {
      throw new CommandFailed("the source must be sent to Kafka: " + Causes.of(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  /** The watermark that learners have when everything that was sent has been handed to them. */
  private long target(Feeder.Outcome outcome) {
    return outcome.promised() == Heartbeat.END_OF_TIME
        ? Heartbeat.END_OF_TIME - 1
        : outcome.promised() - plan.models().stream().outOfOrdernessMs() - 1;
  }

  private void awaitTurn() {
    try {
      if (ended.await(TURN_MS, TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException("a run must end once");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stopped = true;
    }
  }

  private long promiseAgain(Feeder feeder, long promisedAt) {
    long now = wallTime.getAsLong();
    if (now - promisedAt < PROMISE_AGAIN_MS) {
      return promisedAt;
    }
    feeder.promiseAgain();
    return now;
  }

  private long reportNowAndThen(
      RunFigures figures, Feeder feeder, DemoReaders readers, long reportedAt) {
    long now = wallTime.getAsLong();
    if (plan.report() == null || now - reportedAt < REPORT_EVERY_MS) {
      return reportedAt;
    }
    figures
        .report(now, null, feeder.sent(), readers.secondsToFirstScore(), false)
        .write(plan.report());
    return now;
  }

  private void fail(String message) {
    throw new CommandFailed(message);
  }

  private void look(RunFigures figures, Feeder feeder) {
    JobProgress now = progress;
    shown =
        figures.view(
            wallTime.getAsLong(),
            now == null ? 0 : backlog(feeder, now.snapshot().watermark()),
            now == null ? null : now.snapshot().checkpointMs(),
            residentBytes());
  }

  private long backlog(Feeder feeder, long watermark) {
    return Math.max(0, feeder.sent() - clock.sentUpTo(watermark));
  }

  private SearchView search(String model, String query) {
    PageSearch present = searches;
    if (present == null) {
      throw new RequestRefused(503, "models must have readers to search with, none has begun yet");
    }
    return present.search(model, query);
  }

  /** In wall time, as all staleness here, wherever this run knows it. */
  private long staleness(Found found) {
    return clock
        .staleness(found.eventTime(), wallTime.getAsLong(), ServingProbe.SILENCE_MS)
        .orElse(found.staleness().toMillis());
  }

  private LiveView shown() {
    LiveView view = shown;
    if (view == null) {
      throw new IllegalStateException("a page must have something to show");
    }
    return view;
  }

  private static @Nullable Long residentBytes() {
    double bytes = ProcessMemory.residentBytes();
    return Double.isNaN(bytes) ? null : Long.valueOf((long) bytes);
  }
}
