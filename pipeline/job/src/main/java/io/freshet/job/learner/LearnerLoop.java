package io.freshet.job.learner;

import static io.freshet.job.serial.Fields.readSize;
import static io.freshet.job.serial.Fields.writeSize;

import io.freshet.job.Entry;
import io.freshet.job.Evaluation;
import io.freshet.job.EvaluationRow;
import io.freshet.learning.Diverged;
import io.freshet.learning.Example;
import io.freshet.learning.Learner;
import io.freshet.learning.LearnerFamily;
import io.freshet.learning.Prediction;
import io.freshet.learning.metric.OnlineQuality;
import io.freshet.modellog.Cut;
import io.freshet.modellog.Restored;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureEncoder;
import io.freshet.scoring.feature.HistoryPlan;
import io.freshet.scoring.settings.ModelSettings;
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
  private final BatchCut cut;
  private final Map<String, Ready.Waiting> waiting = new HashMap<>();
  private final List<Ready> batch = new ArrayList<>();
  private final TreeMap<Integer, Long> lineage = new TreeMap<>();
  private int stepsInRound;

  /** Up to which event time the round has learnt that ended last and is not judged yet. */
  private @Nullable Long undecided;

  /** Examples of the open batch that the gate has seen. */
  private int scored;

  private long cpuBegan;
  private long gateNanos;
  private long examples;

  private LearnerLoop(
      ModelSettings settings,
      HistoryPlan plan,
      Learner learner,
      OnlineQuality quality,
      Publication publication,
      @Nullable RoundGate gate,
      Consumer<Evaluation> evaluations) {
    this.gate = gate;
    this.settings = settings;
    this.encoder = new FeatureEncoder(settings, plan);
    this.learner = learner;
    this.quality = quality;
    this.publication = publication;
    this.evaluations = evaluations;
    this.cut = new BatchCut(settings.batch().size(), settings.batch().spanMs());
  }

  /**
   * A loop whose learner has seen nothing.
   *
   * @param plan by which the histories in entries are packed
   */
  public static LearnerLoop start(
      ModelSettings settings,
      HistoryPlan plan,
      LearnerFamily family,
      Publication.Port port,
      Consumer<Evaluation> evaluations) {
    Learner learner = family.create(settings);
    return new LearnerLoop(
        settings,
        plan,
        learner,
        new OnlineQuality(),
        Publication.start(settings, port),
        settings.gate().enabled() ? RoundGate.start(settings, family, learner) : null,
        evaluations);
  }

  /** A loop that goes on where {@link #save} was called. */
  public static LearnerLoop resume(
      ModelSettings settings,
      HistoryPlan plan,
      LearnerFamily family,
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
    Learner learner = family.resume(settings, restored.drained(), restored.undrained());
    Publication publication = Publication.resume(settings, port, restored, complete);
    LearnerLoop loop =
        new LearnerLoop(
            settings,
            plan,
            learner,
            quality,
            publication,
            gate(settings, family, learner, in),
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
    closeBatchBefore(entry.time());
    EncodedExample features = encoder.encode(entry.instance(), entry.past());
    Prediction prediction = gate == null ? learner.predict(features) : gate.predict(features);
    waiting.put(entry.exampleId(), new Ready.Waiting(Held.of(entry), features, prediction));
  }

  @Override
  public void train(Entry.Train entry) {
    closeBatchBefore(entry.time());
    if (cut.endsBefore(entry)) {
      closeBatch();
    }
    Ready.Waiting predicted = waiting.remove(entry.exampleId());
    if (predicted == null) {
      throw new IllegalStateException(
          "an example must be predicted before it is trained on, got " + entry.exampleId());
    }
    batch.add(new Ready(predicted, entry));
    if (cut.add(entry)) {
      step(entry.time(), false);
    }
  }

  @Override
  public void advance(long eventTime) {
    closeBatchBefore(eventTime == Long.MAX_VALUE ? eventTime : eventTime + 1);
  }

  @Override
  public void tick() {
    publication.tick(learner);
  }

  private void closeBatchBefore(long time) {
    decideBefore(time);
    if (cut.endsBefore(time)) {
      closeBatch();
      decideBefore(time);
    }
  }

  private void closeBatch() {
    if (cut.isFull()) {
      step(cut.time(), false);
    } else {
      step(cut.boundary() - 1, true);
    }
  }

  private void decideBefore(long time) {
    if (undecided != null && time - JUDGED_AFTER_MS > undecided) {
      decide();
    }
  }

  private void step(long learntUpTo, boolean aligned) {
    if (gate != null) {
      scoreBatch(gate);
    }
    if (undecided != null) {
      decide();
    }
    publication.beforeStep(learner);
    List<Example> examples = new ArrayList<>(batch.size());
    batch.forEach(ready -> examples.add(ready.example()));
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
    batch.clear();
    scored = 0;
    cut.next();
    stepsInRound++;
    if (aligned || diverged || stepsInRound >= settings.round().steps()) {
      stepsInRound = 0;
      if (!diverged) {
        learner.endRound(learntUpTo);
      }
      endRound(learntUpTo, diverged);
    }
  }

  private void evaluate(float[] atTraining) {
    List<EvaluationRow> rows = new ArrayList<>(batch.size());
    for (int i = 0; i < batch.size(); i++) {
      Ready ready = batch.get(i);
      Held held = ready.waiting().held();
      rows.add(ready.row(atTraining[i]));
      quality.add(
          ready.waiting().prediction().probability(),
          ready.entry().label(),
          ready.entry().weight());
      lineage.merge(held.partition(), held.offset(), Math::max);
      lineage.merge(ready.entry().partition(), ready.entry().offset(), Math::max);
      if (gate != null) {
        gate.learnt(held.partition(), held.offset());
      }
    }
    learnt(batch.size());
    evaluations.accept(
        new Evaluation(
            settings.name(), settings.family(), publication.epoch(), learner.step(), rows));
  }

  /** A round is judged when the next batch is there, one that came to nothing at once. */
  private void endRound(long learntUpTo, boolean diverged) {
    if (gate == null) {
      publication.roundEnded(
          learner, new Publication.RoundEnd(learntUpTo, lineage, metrics(), UNJUDGED));
      return;
    }
    gate.roundEnded();
    undecided = learntUpTo;
    if (diverged) {
      decide();
    }
  }

  private void decide() {
    RoundGate judge = gate;
    Long learntUpTo = undecided;
    if (judge == null || learntUpTo == null) {
      throw new IllegalStateException("only a round that has ended can be judged");
    }
    scoreBatch(judge);
    long began = publication.cpuNanos();
    RoundGate.Decision decision = judge.decide();
    gateNanos += publication.cpuNanos() - began;
    undecided = null;
    publication.roundEnded(
        learner, new Publication.RoundEnd(learntUpTo, lineage, metrics(), decision));
  }

  /** Lets the gate see those examples of the open batch that it has not seen. */
  private void scoreBatch(RoundGate judge) {
    long began = publication.cpuNanos();
    int size = batch.size() - scored;
    float[] labels = new float[size];
    float[] weights = new float[size];
    List<EncodedExample> features = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      Ready ready = batch.get(scored + i);
      labels[i] = ready.entry().label();
      weights[i] = ready.entry().weight();
      features.add(ready.waiting().features());
    }
    judge.score(features, labels, weights);
    scored = batch.size();
    gateNanos += publication.cpuNanos() - began;
  }

  private Map<String, Double> metrics() {
    Map<String, Double> metrics = quality.metrics();
    metrics.putAll(learner.metrics());
    cost(metrics);
    if (gate != null) {
      gate.metrics(metrics);
    }
    return metrics;
  }

  private void learnt(int count) {
    if (examples == 0) {
      cpuBegan = publication.cpuNanos();
      gateNanos = 0;
    }
    examples += count;
  }

  /**
   * What an example costs this attempt, from its first step on. Says nothing where it is unknown.
   */
  private void cost(Map<String, Double> metrics) {
    long nanos = publication.cpuNanos() - cpuBegan;
    if (nanos > 0) {
      metrics.put(CPU_MICROS, nanos / 1e3 / examples);
      metrics.put(RoundMetrics.CPU_MICROS, gateNanos / 1e3 / examples);
    }
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
    out.writeInt(stepsInRound);
    out.writeBoolean(undecided != null);
    out.writeLong(undecided == null ? 0 : undecided);
    out.writeInt(scored);
    writeSize(lineage.size(), out);
    for (Map.Entry<Integer, Long> partition : lineage.entrySet()) {
      out.writeInt(partition.getKey());
      out.writeLong(partition.getValue());
    }
    out.writeInt(waiting.size());
    for (Map.Entry<String, Ready.Waiting> example : new TreeMap<>(waiting).entrySet()) {
      example.getValue().write(out);
    }
    out.writeInt(batch.size());
    for (Ready ready : batch) {
      ready.write(out);
    }
  }

  private void readHeld(DataInput in) throws IOException {
    stepsInRound = in.readInt();
    boolean open = in.readBoolean();
    long learntUpTo = in.readLong();
    undecided = open ? learntUpTo : null;
    scored = in.readInt();
    int partitions = readSize(in);
    for (int i = 0; i < partitions; i++) {
      lineage.put(in.readInt(), in.readLong());
    }
    int examples = in.readInt();
    for (int i = 0; i < examples; i++) {
      Ready.Waiting example = Ready.Waiting.read(in);
      waiting.put(example.held().exampleId(), example);
    }
    int inBatch = in.readInt();
    for (int i = 0; i < inBatch; i++) {
      Ready ready = Ready.read(in);
      batch.add(ready);
      cut.add(ready.entry());
    }
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
