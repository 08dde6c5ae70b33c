package io.freshet.job.learner;

import io.freshet.job.Entry;
import io.freshet.job.Evaluation;
import io.freshet.job.EvaluationRow;
import io.freshet.learning.reference.Reference;
import io.freshet.learning.reference.ReferenceExample;
import io.freshet.learning.reference.ReferencePrediction;
import io.freshet.learning.reference.ReferenceSettings;
import io.freshet.learning.reference.References;
import io.freshet.scoring.feature.FeatureEncoder;
import io.freshet.scoring.feature.HistoryPlan;
import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.settings.ModelSettings;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * All references on one sequence. They train on each example as it becomes ready and publish
 * nothing; their evaluations are cut where the batches of the model are whose features they share.
 */
public final class ReferenceLoop implements Sequenced {

  /** The family under which references are reported. */
  public static final String FAMILY = "reference";

  private record Waiting(Held held, List<ReferencePrediction> predictions) {}

  private final FeatureEncoder encoder;
  private final HistoryPlan plan;
  private final long labelAction;
  private final List<Reference> references;
  private final Consumer<Evaluation> evaluations;
  private final BatchCut cut;
  private final Map<String, Waiting> waiting = new HashMap<>();
  private final List<List<EvaluationRow>> open;
  private final LearnerGauges gauges = new LearnerGauges(EnumSet.of(LearnerGauge.STEPS));
  private final long epoch;
  private long step;

  private ReferenceLoop(
      ModelSettings settings,
      HistoryPlan plan,
      String labelAction,
      List<Reference> references,
      Consumer<Evaluation> evaluations,
      long epoch) {
    this.epoch = epoch;
    this.encoder = new FeatureEncoder(settings, plan);
    this.plan = plan;
    this.labelAction = Ids.of(labelAction);
    this.references = references;
    this.evaluations = evaluations;
    this.cut = new BatchCut(settings.batch().size(), settings.batch().spanMs());
    this.open = new ArrayList<>();
    references.forEach(reference -> open.add(new ArrayList<>()));
  }

  /**
   * @param settings of the model whose features and batches the references share
   * @param plan by which the histories in entries are packed
   * @param labelAction the action that makes an example positive
   * @param now wall clock in milliseconds, by which this attempt is told from others: references
   *     claim no log, and what a lost attempt still sends must not pass for the newest word
   */
  public static ReferenceLoop start(
      ModelSettings settings,
      HistoryPlan plan,
      String labelAction,
      Consumer<Evaluation> evaluations,
      long now) {
    ReferenceSettings own = referenceSettings(settings);
    return new ReferenceLoop(
        settings,
        plan,
        labelAction,
        References.names().stream().map(name -> References.create(name, own)).toList(),
        evaluations,
        now);
  }

  /** A loop that goes on where {@link #save} was called, as a later attempt by whatever clock. */
  public static ReferenceLoop resume(
      ModelSettings settings,
      HistoryPlan plan,
      String labelAction,
      Consumer<Evaluation> evaluations,
      long now,
      DataInput in)
      throws IOException {
    long epoch = Math.max(in.readLong() + 1, now);
    ReferenceSettings own = referenceSettings(settings);
    List<Reference> references = new ArrayList<>();
    for (String name : References.names()) {
      references.add(References.resume(name, own, in));
    }
    ReferenceLoop loop =
        new ReferenceLoop(settings, plan, labelAction, references, evaluations, epoch);
    loop.readHeld(in);
    return loop;
  }

  private static ReferenceSettings referenceSettings(ModelSettings settings) {
    return ReferenceSettings.of(new FeatureEncoder(settings).layout());
  }

  @Override
  public void predict(Entry.Predict entry) {
    closeBefore(entry.time());
    ReferenceExample example =
        new ReferenceExample(
            entry.instance(),
            encoder.encode(entry.instance(), entry.past()),
            entry.past().holds(plan, Ids.of(entry.instance().itemId()), labelAction));
    List<ReferencePrediction> predictions = new ArrayList<>(references.size());
    for (Reference reference : references) {
      predictions.add(reference.predict(example));
    }
    waiting.put(entry.exampleId(), new Waiting(Held.of(entry), predictions));
  }

  @Override
  public void train(Entry.Train entry) {
    closeBefore(entry.time());
    Waiting predicted = waiting.remove(entry.exampleId());
    if (predicted == null) {
      throw new IllegalStateException(
          "an example must be predicted before it is trained on, got " + entry.exampleId());
    }
    for (int r = 0; r < references.size(); r++) {
      ReferencePrediction prediction = predicted.predictions().get(r);
      float now =
          references.get(r).train(prediction.frozen(), entry.label(), entry.weight(), entry.time());
      open.get(r)
          .add(
              predicted.held().row(entry, prediction.probability(), prediction.probability(), now));
    }
    if (cut.add(entry.time())) {
      evaluate();
    }
  }

  @Override
  public void advance(long eventTime) {
    closeBefore(eventTime == Long.MAX_VALUE ? eventTime : eventTime + 1);
  }

  private void closeBefore(long time) {
    if (cut.endsBefore(time)) {
      evaluate();
    }
  }

  private void evaluate() {
    step++;
    for (int r = 0; r < references.size(); r++) {
      evaluations.accept(
          new Evaluation(references.get(r).name(), FAMILY, epoch, step, List.copyOf(open.get(r))));
      open.get(r).clear();
    }
    cut.next();
    gauges.set(LearnerGauge.STEPS, step);
  }

  @Override
  public void tick() {}

  @Override
  public int pending() {
    return waiting.size();
  }

  @Override
  public LearnerGauges gauges() {
    return gauges;
  }

  @Override
  public void save(long id, boolean whole, DataOutput out) throws IOException {
    out.writeLong(epoch);
    for (Reference reference : references) {
      reference.save(out);
    }
    out.writeLong(step);
    out.writeInt(waiting.size());
    for (Waiting example : new TreeMap<>(waiting).values()) {
      example.held().write(out);
      for (ReferencePrediction prediction : example.predictions()) {
        out.writeFloat(prediction.probability());
        ExampleFields.writeLongs(prediction.frozen(), out);
      }
    }
    out.writeInt(open.get(0).size());
    for (List<EvaluationRow> rows : open) {
      for (EvaluationRow row : rows) {
        EvaluationFields.write(row, out);
      }
    }
  }

  private void readHeld(DataInput in) throws IOException {
    step = in.readLong();
    int examples = in.readInt();
    for (int i = 0; i < examples; i++) {
      Held held = Held.read(in);
      List<ReferencePrediction> predictions = new ArrayList<>(references.size());
      for (int r = 0; r < references.size(); r++) {
        predictions.add(new ReferencePrediction(in.readFloat(), ExampleFields.readLongs(in)));
      }
      waiting.put(held.exampleId(), new Waiting(held, predictions));
    }
    int rows = in.readInt();
    for (int r = 0; r < references.size(); r++) {
      for (int i = 0; i < rows; i++) {
        EvaluationRow row = EvaluationFields.read(in);
        open.get(r).add(row);
        if (r == 0) {
          cut.add(row.readyTime());
        }
      }
    }
  }

  @Override
  public void completed(long id) {}

  @Override
  public void close() {}
}
