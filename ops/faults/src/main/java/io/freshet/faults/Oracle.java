package io.freshet.faults;

import io.freshet.cli.audit.EventLog;
import io.freshet.cli.audit.RebuiltLog;
import io.freshet.cli.kafka.KafkaAccess;
import io.freshet.cli.report.EvaluationStore;
import io.freshet.job.Entry;
import io.freshet.job.Evaluation;
import io.freshet.job.EvaluationRow;
import io.freshet.job.input.InputPartitions;
import io.freshet.job.learner.LearnerLoop;
import io.freshet.job.learner.Publication;
import io.freshet.job.learner.ReferenceLoop;
import io.freshet.job.learner.Sequenced;
import io.freshet.job.replay.SequentialReplay;
import io.freshet.learning.LearnerFamilies;
import io.freshet.modellog.Decision;
import io.freshet.modellog.KafkaCommands;
import io.freshet.modellog.TopicNames;
import io.freshet.modellog.VersionFacts;
import io.freshet.schema.AvroCodec;
import io.freshet.scoring.ScorerFamilies;
import io.freshet.scoring.ScorerFamily;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureEncoder;
import io.freshet.scoring.feature.HistoryPlan;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.ModelsFile;
import io.freshet.scoring.state.HashValue;
import io.freshet.scoring.state.ModelState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a job must have learnt from the events that lie in Kafka: by the sequential replay, which
 * nothing happens to, and which shares none of the job's code for order and timelines.
 */
final class Oracle {

  /** What one model must have been. */
  static final class Truth {

    private final Map<Long, Set<HashValue>> hashes = new HashMap<>();
    private final Map<Long, Set<String>> bits = new HashMap<>();
    private long lastStep;
    private HashValue lastHash;

    /** At the end. */
    Truth(long lastStep, HashValue lastHash) {
      this.lastStep = lastStep;
      this.lastHash = lastHash;
    }

    /** It may be published in this state. */
    void add(long step, HashValue hash, String probed) {
      hashes.computeIfAbsent(step, unused -> new HashSet<>()).add(hash);
      bits.computeIfAbsent(step, unused -> new HashSet<>()).add(probed);
    }

    /**
     * State hashes of what may be published at each step that was asked for: one, or more where a
     * command took the model back there.
     */
    Map<Long, Set<HashValue>> hashes() {
      return hashes;
    }

    /** What {@link Probe} gives there. */
    Map<Long, Set<String>> bits() {
      return bits;
    }

    long lastStep() {
      return lastStep;
    }

    HashValue lastHash() {
      return lastHash;
    }
  }

  private final KafkaAccess kafka;
  private final ModelsFile models;
  private final AvroCodec codec = AvroCodec.of(io.freshet.schema.avro.Evaluation.class);
  private long examples;

  Oracle(KafkaAccess kafka, ModelsFile models) {
    this.kafka = kafka;
    this.models = models;
  }

  /**
   * Learns all that there is.
   *
   * @param asked steps by model at which state hashes are wanted
   * @param predictions takes what models and references said
   */
  Map<String, Truth> learn(Map<String, Set<Long>> asked, EvaluationStore predictions) {
    InputPartitions inputs = new InputPartitions(kafka.topics().events());
    HistoryPlan plan = HistoryPlan.of(models.models());
    Map<String, Truth> truths = new HashMap<>();
    List<Student> students = new ArrayList<>();
    for (ModelSettings model : models.models()) {
      Truth truth = new Truth(0, HashValue.EMPTY);
      truths.put(model.name(), truth);
      Student student = new Student(model, asked.getOrDefault(model.name(), Set.of()), truth);
      student.begin(
          LearnerLoop.repeat(
              model,
              plan,
              LearnerFamilies.named(model.family()),
              new Publication.Port(student.log(kafka), everyRound(model), inputs::nameOf, "oracle"),
              evaluation -> add(predictions, evaluation)));
      students.add(student);
    }
    try (EventLog events = new EventLog(kafka, inputs);
        ReferenceLoop references =
            ReferenceLoop.start(
                models.models().get(0),
                plan,
                models.stream().labelAction(),
                evaluation -> add(predictions, evaluation),
                0)) {
      SequentialReplay replay =
          new SequentialReplay(
              models, events.numbers(), entry -> teach(entry, students, references));
      while (events.read(replay::take)) {
        advance(replay.walk(), students, references);
      }
      replay.end();
      advance(Long.MAX_VALUE, students, references);
    }
    students.forEach(Student::end);
    return truths;
  }

  /** A clock by which every round's end is due. */
  private static LongSupplier everyRound(ModelSettings settings) {
    long[] now = new long[1];
    return () -> now[0] += settings.publish().everyMs();
  }

  /** Train entries of the sequence. */
  long examples() {
    return examples;
  }

  private void teach(Entry entry, List<Student> students, Sequenced references) {
    examples += entry instanceof Entry.Train ? 1 : 0;
    for (Student student : students) {
      SequentialReplay.teach(entry, student.loop());
    }
    SequentialReplay.teach(entry, references);
  }

  private static void advance(long time, List<Student> students, Sequenced references) {
    if (time == Long.MIN_VALUE) {
      return;
    }
    for (Student student : students) {
      student.loop().advance(time);
    }
    references.advance(time);
  }

  private void add(EvaluationStore predictions, Evaluation evaluation) {
    List<io.freshet.schema.avro.EvaluationRow> rows = new ArrayList<>();
    for (EvaluationRow row : evaluation.rows()) {
      rows.add(
          io.freshet.schema.avro.EvaluationRow.newBuilder()
              .setExampleId(row.exampleId())
              .setImpressionTime(row.impressionTime())
              .setReadyTime(row.readyTime())
              .setUserId(row.userId())
              .setItemId(row.itemId())
              .setQueryId(row.queryId())
              .setPosition(row.position())
              .setLabel(row.label())
              .setWeight(row.weight())
              .setPrediction(row.prediction())
              .setRaw(row.raw())
              .setPredictionAtTraining(row.predictionAtTraining())
              .setTrueProbability(row.trueProbability())
              .setPropensity(row.propensity())
              .build());
    }
    predictions.add(
        codec.encode(
            new io.freshet.schema.avro.Evaluation(
                evaluation.model(), evaluation.family(), 1L, evaluation.step(), rows)));
  }

  /** One model that learns, commanded as the job's was. */
  private static final class Student implements RebuiltLog.Listener {

    private final Set<Long> asked;
    private final Truth truth;
    private final ScorerFamily family;
    private final ModelSettings settings;
    private final EncodedExample[] candidates;
    private @Nullable LearnerLoop loop;

    Student(ModelSettings settings, Set<Long> asked, Truth truth) {
      this.settings = settings;
      this.asked = asked;
      this.truth = truth;
      this.family = ScorerFamilies.named(settings.family());
      FeatureEncoder encoder = new FeatureEncoder(settings);
      this.candidates =
          Probe.candidates().stream().map(encoder::encode).toArray(EncodedExample[]::new);
    }

    /** What it publishes into, with the decisions on the job's model. */
    RebuiltLog log(KafkaAccess kafka) {
      TopicNames names = new TopicNames(kafka.topics().prefix(), settings.name());
      return new RebuiltLog(
          this,
          new KafkaCommands(kafka.client(), names).decisions(),
          () -> LearnerFamilies.named(settings.family()).emptyState(settings));
    }

    void begin(LearnerLoop begun) {
      loop = begun;
    }

    LearnerLoop loop() {
      return Objects.requireNonNull(loop);
    }

    @Override
    public void published(VersionFacts rebuilt) {
      if (asked.contains(rebuilt.step())) {
        ModelState state = loop().learner().servingState();
        float[] logits = new float[candidates.length];
        family.scorer(settings, state).logits(candidates, logits);
        truth.add(rebuilt.step(), state.computeHash(), Probe.bits(logits));
      }
    }

    @Override
    public void decided(Decision rebuilt) {
      // What was decided shows in what is published afterwards.
    }

    void end() {
      truth.lastStep = loop().learner().step();
      truth.lastHash = loop().learner().servingState().computeHash();
      loop().close();
    }
  }
}
