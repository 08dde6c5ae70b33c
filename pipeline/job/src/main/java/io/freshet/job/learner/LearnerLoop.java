package io.freshet.job.learner;

import io.freshet.job.Entry;
import io.freshet.job.Evaluation;
import io.freshet.job.EvaluationRow;
import io.freshet.learning.Diverged;
import io.freshet.learning.Example;
import io.freshet.learning.Hardware;
import io.freshet.learning.Learner;
import io.freshet.learning.LearnerFamily;
import io.freshet.learning.Prediction;
import io.freshet.learning.metric.OnlineQuality;
import io.freshet.modellog.Command;
import io.freshet.modellog.Cut;
import io.freshet.modellog.Decision;
import io.freshet.modellog.ModelLog;
import io.freshet.modellog.Restored;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureEncoder;
import io.freshet.scoring.feature.HistoryPlan;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.LearnerState;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One model's life: predict at the impression, train when the label is known, decide at round ends,
 * publish. Knows neither Flink nor Kafka: the same object runs in the job and in the sequential
 * replay that checks it.
 */
public final class LearnerLoop implements Sequenced {

  /** The metric of a version that says what an example costs the learner's thread. */
  public static final String CPU_MICROS = "cpuMicrosPerExample";

  /** The verdict of versions without a gate. */
  private static final String UNJUDGED = "not judged";

  /**
   * Event time after a round's end by which it is judged, where the next batch is not whole before:
   * by what has come until then.
   */
  static final long JUDGED_AFTER_MS = 100;

  private final ModelSettings settings;
  private final FeatureEncoder encoder;
  private final Learner learner;
  private final OnlineQuality quality;
  private final Publication publication;
  private final @Nullable RoundGate gate;
  private final Consumer<Evaluation> evaluations;
  private final CommandDesk desk;
  private final Progress progress;
  private final OpenBatch batch;
  private final Map<String, Ready.Waiting> waiting = new HashMap<>();
  private final Costs costs;
  private final Decisions decisions;
  private final LearnerGauges gauges;

  private LearnerLoop(
      ModelSettings settings,
      HistoryPlan plan,
      LearnerFamily family,
      Learner learner,
      OnlineQuality quality,
      Publication publication,
      @Nullable RoundGate gate,
      ModelLog log,
      CommandDesk desk,
      Progress progress,
      Consumer<Evaluation> evaluations) {
    this.settings = settings;
    this.encoder = new FeatureEncoder(settings, plan);
    this.learner = learner;
    this.quality = quality;
    this.publication = publication;
    this.gate = gate;
    this.costs = new Costs(publication::cpuNanos, publication::now);
    this.decisions = new Decisions(log, publication, () -> family.emptyState(settings));
    this.desk = desk;
    this.progress = progress;
    this.batch = new OpenBatch(settings);
    this.evaluations = evaluations;
    boolean wantsGpu = settings.device() != ModelSettings.Device.CPU;
    this.gauges = LearnerGauges.ofModel(gate != null, wantsGpu);
    if (wantsGpu) {
      gauges.set(LearnerGauge.ON_GPU, learner.insteadOfGpu() == null ? 1 : 0);
    }
  }

  /** A loop on the processor whose learner has seen nothing. */
  public static LearnerLoop start(
      ModelSettings settings,
      HistoryPlan plan,
      LearnerFamily family,
      Publication.Port port,
      Consumer<Evaluation> evaluations) {
    return start(settings, plan, family, Hardware.PROCESSOR, port, evaluations);
  }

  /**
   * A loop whose learner has seen nothing.
   *
   * @param plan by which the histories in entries are packed
   * @param hardware that the learner was given
   */
  public static LearnerLoop start(
      ModelSettings settings,
      HistoryPlan plan,
      LearnerFamily family,
      Hardware hardware,
      Publication.Port port,
      Consumer<Evaluation> evaluations) {
    return begin(settings, plan, family, hardware, port, evaluations, CommandDesk::start);
  }

  /**
   * As {@link #start}, on the processor, but commands take effect where the log says that they once
   * did.
   */
  public static LearnerLoop repeat(
      ModelSettings settings,
      HistoryPlan plan,
      LearnerFamily family,
      Publication.Port port,
      Consumer<Evaluation> evaluations) {
    return begin(
        settings, plan, family, Hardware.PROCESSOR, port, evaluations, CommandDesk::repeat);
  }

  private static LearnerLoop begin(
      ModelSettings settings,
      HistoryPlan plan,
      LearnerFamily family,
      Hardware hardware,
      Publication.Port port,
      Consumer<Evaluation> evaluations,
      Function<ModelLog, CommandDesk> desk) {
    Learner learner = family.create(settings, hardware);
    Publication publication = Publication.start(settings, port);
    return new LearnerLoop(
        settings,
        plan,
        family,
        learner,
        new OnlineQuality(),
        publication,
        settings.gate().enabled() ? RoundGate.start(settings, family, learner) : null,
        port.log(),
        desk.apply(port.log()),
        new Progress(),
        evaluations);
  }

  /** A loop that goes on where {@link #save} was called. */
  public static LearnerLoop resume(
      ModelSettings settings,
      HistoryPlan plan,
      LearnerFamily family,
      Hardware hardware,
      Publication.Port port,
      Consumer<Evaluation> evaluations,
      DataInput in)
      throws IOException {
    List<Cut> complete = Publication.complete(in);
    LearnerState saved = null;
    if (in.readBoolean()) {
      saved = family.emptyState(settings);
      StateFields.read(saved, in);
    }
    OnlineQuality quality = OnlineQuality.resume(in);
    Restored restored =
        port.log()
            .restore(complete.get(complete.size() - 1), () -> family.emptyState(settings), saved);
    Learner learner = family.resume(settings, restored.drained(), restored.undrained(), hardware);
    Publication publication = Publication.resume(settings, port, restored, complete);
    LearnerLoop loop =
        new LearnerLoop(
            settings,
            plan,
            family,
            learner,
            quality,
            publication,
            gate(settings, family, learner, in),
            port.log(),
            CommandDesk.resume(port.log(), in),
            Progress.read(in),
            evaluations);
    loop.readHeld(in);
    return loop;
  }

  /** A gate that was switched on or off since the checkpoint begins anew. */
  private static @Nullable RoundGate gate(
      ModelSettings settings, LearnerFamily family, Learner learner, DataInput in)
      throws IOException {
    boolean saved = in.readBoolean();
    RoundGate before = saved ? RoundGate.resume(settings, family, learner, in) : null;
    if (!settings.gate().enabled()) {
      return null;
    }
    return before == null ? RoundGate.start(settings, family, learner) : before;
  }

  public Learner learner() {
    return learner;
  }

  @Override
  public void predict(Entry.Predict entry) {
    reach(entry.time());
    EncodedExample features = encoder.encode(entry.instance(), entry.past());
    Prediction prediction = gate == null ? learner.predict(features) : gate.predict(features);
    waiting.put(entry.exampleId(), new Ready.Waiting(Held.of(entry), features, prediction));
    progress.entry();
  }

  @Override
  public void train(Entry.Train entry) {
    reach(entry.time());
    if (batch.endsBefore(entry)) {
      step(batch.end(), batch.endsByTime());
    }
    Ready.Waiting predicted = waiting.remove(entry.exampleId());
    if (predicted == null) {
      throw new IllegalStateException(
          "an example must be predicted before it is trained on, got " + entry.exampleId());
    }
    if (batch.add(predicted, entry)) {
      step(entry.time(), false);
    }
    progress.entry();
  }

  @Override
  public void advance(long eventTime) {
    reach(eventTime == Long.MAX_VALUE ? eventTime : eventTime + 1);
  }

  @Override
  public void tick() {
    publication.tick(learner);
    gauges.set(LearnerGauge.VERSION, publication.number());
    gauges.set(LearnerGauge.PUBLICATION_BYTES, publication.bytes());
    Command.Sent sent = progress.hasBegun() ? desk.poll() : null;
    if (sent != null) {
      take(decisions.on(sent, progress.place(learner.step()), stateHash()));
    }
  }

  /** Lets everything happen that happens before {@code time}. */
  private void reach(long time) {
    for (Decision due = desk.due(progress.entries(), time);
        due != null;
        due = desk.due(progress.entries(), time)) {
      closeBatchBefore(due.at().before());
      take(decisions.repeated(due));
    }
    closeBatchBefore(time);
    progress.reach(time);
  }

  private void closeBatchBefore(long time) {
    decideBefore(time);
    if (batch.endsBefore(time)) {
      step(batch.end(), batch.endsByTime());
      decideBefore(time);
    }
  }

  private void decideBefore(long time) {
    if (progress.undecided != null && time - JUDGED_AFTER_MS > progress.undecided) {
      decide();
    }
  }

  private void step(long learntUpTo, boolean aligned) {
    score();
    if (progress.undecided != null) {
      decide();
    }
    publication.beforeStep(learner);
    progress.learntUpTo = learntUpTo;
    boolean diverged = train();
    batch.next();
    gauges.set(LearnerGauge.STEPS, learner.step());
    gauges.set(LearnerGauge.EXAMPLES, quality.examples());
    gauges.set(LearnerGauge.LEARNT_UP_TO, learntUpTo / 1e3);
    progress.stepsInRound++;
    if (aligned || diverged || progress.stepsInRound >= settings.round().steps()) {
      progress.roundEnded();
      if (!diverged) {
        learner.endRound(learntUpTo);
      }
      endRound(diverged);
    }
  }

  /** Returns whether the step came to nothing. */
  private boolean train() {
    List<Example> examples = new ArrayList<>();
    batch.examples().forEach(ready -> examples.add(ready.example(flips(ready))));
    float[] atTraining = new float[examples.size()];
    boolean diverged = false;
    try {
      System.arraycopy(learner.train(examples).predictions(), 0, atTraining, 0, examples.size());
    } catch (Diverged e) {
      if (gate == null) {
        throw e;
      }
      gate.diverged(String.valueOf(e.getMessage()));
      Arrays.fill(atTraining, Float.NaN);
      diverged = true;
    }
    evaluate(atTraining);
    return diverged;
  }

  private boolean flips(Ready ready) {
    return progress.poisonedRounds > 0
        && (ready.entry().hash() >>> 11) * 0x1p-53 < progress.poisonedShare;
  }

  private void evaluate(float[] atTraining) {
    List<EvaluationRow> rows = new ArrayList<>(atTraining.length);
    for (Ready ready : batch.examples()) {
      Held held = ready.waiting().held();
      rows.add(ready.row(atTraining[rows.size()]));
      quality.add(
          ready.waiting().prediction().probability(),
          ready.entry().label(),
          ready.entry().weight());
      progress.lineage.merge(held.partition(), held.offset(), Math::max);
      progress.lineage.merge(ready.entry().partition(), ready.entry().offset(), Math::max);
      if (gate != null) {
        gate.learnt(held.partition(), held.offset());
      }
    }
    costs.learnt(atTraining.length);
    evaluations.accept(
        new Evaluation(
            settings.name(), settings.family(), publication.epoch(), learner.step(), rows));
  }

  /** A round is judged when the next batch is there, one that came to nothing at once. */
  private void endRound(boolean diverged) {
    if (gate == null) {
      publication.roundEnded(
          learner,
          new Publication.RoundEnd(progress.learntUpTo, progress.lineage, metrics(), UNJUDGED));
      return;
    }
    gate.roundEnded();
    costs.roundEnded();
    progress.undecided = progress.learntUpTo;
    if (diverged) {
      decide();
    }
  }

  private void decide() {
    RoundGate judge = gate;
    Long learntUpTo = progress.undecided;
    if (judge == null || learntUpTo == null) {
      throw new IllegalStateException("only a round that has ended can be judged");
    }
    score();
    RoundGate.Judged judged = costs.gate(judge::decide);
    progress.undecided = null;
    costs.judged();
    if (judged.refused()) {
      decisions.refused(judged, progress.place(learner.step()), stateHash());
    }
    publication.roundEnded(
        learner, new Publication.RoundEnd(learntUpTo, progress.lineage, metrics(), judged));
  }

  /** Lets the gate see those examples of the open batch that it has not seen. */
  private void score() {
    if (gate != null) {
      costs.gate(() -> batch.score(gate));
    }
  }

  private HashValue stateHash() {
    return learner.undrained().servingHash();
  }

  /** Lets a decision on a command take effect. It ends the round that it falls into. */
  private void take(Decisions.Taken taken) {
    desk.done(taken.decision());
    Command.Sent sent = taken.decision().sent();
    if (taken.decision().kind() == Decision.Kind.POISONED && sent != null) {
      progress.poisonedRounds = sent.command().rounds();
      progress.poisonedShare = sent.command().share();
    }
    LearnerState state = taken.state();
    if (state == null) {
      return;
    }
    learner.become(state);
    progress.stepsInRound = 0;
    progress.undecided = null;
    if (gate != null) {
      gate.replaced();
    }
    String text = taken.decision().text();
    publication.roundEnded(
        learner,
        new Publication.RoundEnd(
            progress.learntUpTo, progress.lineage, metrics(), text, new Offsets(), true));
  }

  private Map<String, Double> metrics() {
    Map<String, Double> metrics = quality.metrics();
    metrics.putAll(learner.metrics());
    costs.metrics(metrics);
    if (gate != null) {
      gate.metrics(metrics);
      metrics.put(RoundMetrics.DELAY_MILLIS, costs.judgedAfterMillis());
    }
    gauges.show(metrics, learner.servingState());
    return metrics;
  }

  @Override
  public @Nullable String insteadOfGpu() {
    return learner.insteadOfGpu();
  }

  @Override
  public LearnerGauges gauges() {
    return gauges;
  }

  @Override
  public int pending() {
    return waiting.size();
  }

  @Override
  public void save(long id, boolean whole, DataOutput out) throws IOException {
    publication.save(id, learner, out);
    out.writeBoolean(whole);
    if (whole) {
      StateFields.write(learner.snapshot(), out);
    }
    quality.save(out);
    out.writeBoolean(gate != null);
    if (gate != null) {
      gate.save(out);
    }
    desk.save(out);
    progress.write(out);
    out.writeInt(waiting.size());
    for (Map.Entry<String, Ready.Waiting> example : new TreeMap<>(waiting).entrySet()) {
      example.getValue().write(out);
    }
    batch.write(out);
  }

  private void readHeld(DataInput in) throws IOException {
    int examples = in.readInt();
    for (int i = 0; i < examples; i++) {
      Ready.Waiting example = Ready.Waiting.read(in);
      waiting.put(example.held().exampleId(), example);
    }
    batch.read(in);
  }

  @Override
  public void completed(long id) {
    publication.completed(id);
  }

  @Override
  public void close() {
    try (publication) {
      learner.close();
    }
  }
}
