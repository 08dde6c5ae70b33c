package io.freshet.job.learner;

import static io.freshet.job.serial.Fields.readSize;
import static io.freshet.job.serial.Fields.writeSize;

import io.freshet.job.Entry;
import io.freshet.job.Evaluation;
import io.freshet.job.EvaluationRow;
import io.freshet.learning.Example;
import io.freshet.learning.Learner;
import io.freshet.learning.LearnerFamily;
import io.freshet.learning.Prediction;
import io.freshet.learning.StepResult;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * One model's life: predict at the impression, train when the label is known, decide at round ends,
 * publish. Knows neither Flink nor Kafka: the same object runs in the job and in the sequential
 * replay that checks it.
 */
public final class LearnerLoop implements Sequenced {

  /** The metric of a version that says what an example costs the learner's thread. */
  public static final String CPU_MICROS = "cpuMicrosPerExample";

  private record Waiting(Held held, EncodedExample features, Prediction prediction) {}

  private record Ready(Waiting waiting, Entry.Train entry) {

    Example example() {
      return new Example(
          entry.hash(),
          waiting.features(),
          waiting.prediction().counters(),
          waiting.prediction().logit(),
          entry.label(),
          entry.weight(),
          Example.Kind.values()[entry.kind()],
          entry.time(),
          waiting.held().group(),
          waiting.held().position(),
          waiting.held().propensityOrNaN());
    }
  }

  private final ModelSettings settings;
  private final FeatureEncoder encoder;
  private final Learner learner;
  private final OnlineQuality quality;
  private final Publication publication;
  private final Consumer<Evaluation> evaluations;
  private final BatchCut cut;
  private final Map<String, Waiting> waiting = new HashMap<>();
  private final List<Ready> batch = new ArrayList<>();
  private final TreeMap<Integer, Long> lineage = new TreeMap<>();
  private int stepsInRound;
  private long cpuBegan;
  private long examples;

  private LearnerLoop(
      ModelSettings settings,
      HistoryPlan plan,
      Learner learner,
      OnlineQuality quality,
      Publication publication,
      Consumer<Evaluation> evaluations) {
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
    return new LearnerLoop(
        settings,
        plan,
        family.create(settings),
        new OnlineQuality(),
        Publication.start(settings, port),
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
    LearnerLoop loop =
        new LearnerLoop(
            settings,
            plan,
            family.resume(settings, restored.drained(), restored.undrained()),
            quality,
            Publication.resume(settings, port, restored, complete),
            evaluations);
    loop.readHeld(in);
    return loop;
  }

  public Learner learner() {
    return learner;
  }

  @Override
  public void predict(Entry.Predict entry) {
    closeBatchBefore(entry.time());
    EncodedExample features = encoder.encode(entry.instance(), entry.past());
    waiting.put(
        entry.exampleId(), new Waiting(Held.of(entry), features, learner.predict(features)));
  }

  @Override
  public void train(Entry.Train entry) {
    if (cut.endsBefore(entry)) {
      closeBatch();
    }
    Waiting predicted = waiting.remove(entry.exampleId());
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
    if (cut.endsBefore(time)) {
      closeBatch();
    }
  }

  private void closeBatch() {
    if (cut.isFull()) {
      step(cut.time(), false);
    } else {
      step(cut.boundary() - 1, true);
    }
  }

  private void step(long learntUpTo, boolean aligned) {
    publication.beforeStep(learner);
    List<Example> examples = new ArrayList<>(batch.size());
    for (Ready ready : batch) {
      examples.add(ready.example());
    }
    StepResult result = learner.train(examples);
    List<EvaluationRow> rows = new ArrayList<>(batch.size());
    for (int i = 0; i < batch.size(); i++) {
      Ready ready = batch.get(i);
      Prediction prediction = ready.waiting().prediction();
      rows.add(
          ready
              .waiting()
              .held()
              .row(
                  ready.entry(),
                  prediction.probability(),
                  sigmoid(prediction.logit()),
                  result.predictions()[i]));
      quality.add(prediction.probability(), ready.entry().label(), ready.entry().weight());
      lineage.merge(ready.waiting().held().partition(), ready.waiting().held().offset(), Math::max);
      lineage.merge(ready.entry().partition(), ready.entry().offset(), Math::max);
    }
    learnt(batch.size());
    batch.clear();
    cut.next();
    evaluations.accept(
        new Evaluation(
            settings.name(), settings.family(), publication.epoch(), result.step(), rows));
    stepsInRound++;
    if (aligned || stepsInRound >= settings.round().steps()) {
      stepsInRound = 0;
      learner.endRound(learntUpTo);
      Map<String, Double> metrics = quality.metrics();
      metrics.putAll(learner.metrics());
      cost(metrics);
      publication.roundEnded(learner, learntUpTo, lineage, metrics);
    }
  }

  private void learnt(int count) {
    if (examples == 0) {
      cpuBegan = publication.cpuNanos();
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
    }
  }

  private static float sigmoid(float logit) {
    return (float) (1 / (1 + StrictMath.exp(-logit)));
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
    out.writeInt(stepsInRound);
    writeSize(lineage.size(), out);
    for (Map.Entry<Integer, Long> partition : lineage.entrySet()) {
      out.writeInt(partition.getKey());
      out.writeLong(partition.getValue());
    }
    out.writeInt(waiting.size());
    for (Map.Entry<String, Waiting> example : new TreeMap<>(waiting).entrySet()) {
      write(example.getValue(), out);
    }
    out.writeInt(batch.size());
    for (Ready ready : batch) {
      write(ready.waiting(), out);
      EntrySerializer.write(ready.entry(), out);
    }
  }

  private void readHeld(DataInput in) throws IOException {
    stepsInRound = in.readInt();
    int partitions = readSize(in);
    for (int i = 0; i < partitions; i++) {
      lineage.put(in.readInt(), in.readLong());
    }
    int examples = in.readInt();
    for (int i = 0; i < examples; i++) {
      Waiting example = readWaiting(in);
      waiting.put(example.held().exampleId(), example);
    }
    int open = in.readInt();
    for (int i = 0; i < open; i++) {
      Ready ready = new Ready(readWaiting(in), (Entry.Train) EntrySerializer.read(in));
      batch.add(ready);
      cut.add(ready.entry());
    }
  }

  private static void write(Waiting example, DataOutput out) throws IOException {
    example.held().write(out);
    ExampleFields.write(example.features(), out);
    out.writeFloat(example.prediction().logit());
    out.writeFloat(example.prediction().probability());
    ExampleFields.writeFloats(example.prediction().counters(), out);
  }

  private static Waiting readWaiting(DataInput in) throws IOException {
    return new Waiting(
        Held.read(in),
        ExampleFields.read(in),
        new Prediction(in.readFloat(), in.readFloat(), ExampleFields.readFloats(in)));
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
