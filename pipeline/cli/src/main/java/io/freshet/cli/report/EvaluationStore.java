package io.freshet.cli.report;

import io.freshet.cli.CommandFailed;
import io.freshet.learning.metric.OnlineQuality;
import io.freshet.schema.AvroCodec;
import io.freshet.schema.UndecodableRecord;
import io.freshet.schema.avro.Evaluation;
import io.freshet.schema.avro.EvaluationRow;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What models said of examples, each step once, in training order. A job that was restarted says
 * again what it said after its checkpoint: then a model's steps go back, and what it had said from
 * there on is dropped. Rows lie in files, one a model; memory grows with the number of steps only.
 * Safe for many threads.
 */
public final class EvaluationStore implements AutoCloseable {

  /** The family under which references are reported. */
  public static final String REFERENCE = "reference";

  private final Path directory;
  private final List<String> order;
  private final Set<String> ranking;
  private final AvroCodec codec = AvroCodec.of(Evaluation.class);
  private final Map<String, Model> models = new LinkedHashMap<>();

  /**
   * Figures of a model so far.
   *
   * @param quality since the start and lately
   * @param oracle the same of the true probabilities, null where there are none
   * @param ndcg10 and {@code mrr10}: of ranking models, null of others
   */
  public record Figures(
      String model,
      String family,
      long examples,
      long step,
      OnlineQuality.Figures sinceStart,
      OnlineQuality.Figures recent,
      OnlineQuality.@Nullable Figures oracleRecent,
      @Nullable Double ndcg10,
      @Nullable Double mrr10) {}

  private static final class Model {

    final String name;
    final String family;
    final Path file;
    final DataOutputStream out;
    final OnlineQuality quality = new OnlineQuality();
    final OnlineQuality oracle = new OnlineQuality();
    final @Nullable Lists lists;
    final List<Step> steps = new ArrayList<>();
    long bytes;
    long epoch;
    long examples;
    long highestStep = Long.MIN_VALUE;

    Model(String name, String family, Path file, boolean ranks) throws IOException {
      this.lists = ranks ? new Lists() : null;
      this.name = name;
      this.family = family;
      this.file = file;
      OutputStream to = Files.newOutputStream(file);
      this.out = new DataOutputStream(new BufferedOutputStream(to, 1 << 16));
    }
  }

  /** Where a step's record begins in its model's file. */
  private record Step(long step, long position, int rows) {}

  /**
   * @param directory for the files; it must exist
   * @param order names of models in the order in which they are reported; others come after them
   */
  public EvaluationStore(Path directory, List<String> order) {
    this(directory, order, Set.of());
  }

  /**
   * @param directory for the files; it must exist
   * @param order names of models in the order in which they are reported; others come after them
   * @param ranking names of the models that rank
   */
  public EvaluationStore(Path directory, List<String> order, Set<String> ranking) {
    this.directory = directory;
    this.order = List.copyOf(order);
    this.ranking = Set.copyOf(ranking);
  }

  /**
   * Takes a record of {@code models.evaluations}.
   *
   * @return the evaluation if its step is seen for the first time, null for a repetition
   */
  public synchronized @Nullable Evaluation add(byte[] value) {
    Evaluation evaluation;
    try {
      evaluation = codec.decode(value, Evaluation.class);
    } catch (UndecodableRecord e) {
      throw new CommandFailed("evaluations must be readable: " + e.getMessage(), e);
    }
    try {
      Model model = model(evaluation);
      if (evaluation.getEpoch() < model.epoch) {
        return null;
      }
      model.epoch = evaluation.getEpoch();
      retract(model, evaluation.getStep());
      model.steps.add(new Step(evaluation.getStep(), model.bytes, evaluation.getRows().size()));
      model.out.writeInt(value.length);
      model.out.write(value);
      model.bytes += Integer.BYTES + value.length;
      model.examples += evaluation.getRows().size();
      if (evaluation.getStep() <= model.highestStep) {
        return null;
      }
      model.highestStep = evaluation.getStep();
      measure(model, evaluation.getRows());
      return evaluation;
    } catch (IOException e) {
      throw new CommandFailed("%s must be writable: %s".formatted(directory, e.getMessage()), e);
    }
  }

  private Model model(Evaluation evaluation) throws IOException {
    Model known = models.get(evaluation.getModel());
    if (known == null) {
      known =
          new Model(
              evaluation.getModel(),
              evaluation.getFamily(),
              directory.resolve("evaluations-" + models.size()),
              ranking.contains(evaluation.getModel()));
      models.put(evaluation.getModel(), known);
    }
    return known;
  }

  private static void retract(Model model, long step) {
    while (!model.steps.isEmpty() && model.steps.get(model.steps.size() - 1).step >= step) {
      model.examples -= model.steps.remove(model.steps.size() - 1).rows;
    }
  }

  private static void measure(Model model, List<EvaluationRow> rows) {
    if (model.lists != null) {
      model.lists.add(rows);
    }
    for (EvaluationRow row : rows) {
      model.quality.add(row.getPrediction(), row.getLabel(), row.getWeight());
      Double truth = row.getTrueProbability();
      if (truth != null) {
        model.oracle.add(truth.floatValue(), row.getLabel(), row.getWeight());
      }
    }
  }

  /** Figures of every model, references last. */
  public synchronized List<Figures> figures() {
    return models.values().stream()
        .sorted(
            Comparator.comparing((Model model) -> model.family.equals(REFERENCE))
                .thenComparing(
                    model -> order.contains(model.name) ? order.indexOf(model.name) : order.size()))
        .map(EvaluationStore::figures)
        .toList();
  }

  private static Figures figures(Model model) {
    return new Figures(
        model.name,
        model.family,
        model.examples,
        model.steps.isEmpty() ? 0 : model.steps.get(model.steps.size() - 1).step,
        model.quality.sinceStart(),
        model.quality.recent(),
        model.oracle.examples() == 0 ? null : model.oracle.recent(),
        model.lists == null ? null : model.lists.ndcg10(),
        model.lists == null ? null : model.lists.mrr10());
  }

  /** Examples that this model has learnt. */
  public synchronized long examples(String model) {
    Model known = models.get(model);
    return known == null ? 0 : known.examples;
  }

  /** Hands every step of {@code model} that counts to {@code reader}, in order. */
  public synchronized void read(String model, Consumer<Evaluation> reader) {
    Model known = models.get(model);
    if (known == null) {
      return;
    }
    try {
      known.out.flush();
      try (RandomAccessFile file = new RandomAccessFile(known.file.toFile(), "r");
          DataInputStream in = buffered(file)) {
        long position = 0;
        for (Step step : known.steps) {
          in.skipNBytes(step.position - position);
          byte[] value = new byte[in.readInt()];
          in.readFully(value);
          position = step.position + Integer.BYTES + value.length;
          reader.accept(codec.decode(value, Evaluation.class));
        }
      }
    } catch (IOException | UndecodableRecord e) {
      throw new CommandFailed("%s must be readable: %s".formatted(known.file, e.getMessage()), e);
    }
  }

  private static DataInputStream buffered(RandomAccessFile file) {
    return new DataInputStream(
        new java.io.BufferedInputStream(Channels.newInputStream(file.getChannel()), 1 << 18));
  }

  /** Closes and deletes the files. */
  @Override
  public synchronized void close() {
    for (Model model : models.values()) {
      try {
        model.out.close();
        Files.deleteIfExists(model.file);
      } catch (IOException e) {
        throw new CommandFailed(
            "%s must be deletable: %s".formatted(model.file, e.getMessage()), e);
      }
    }
  }
}
