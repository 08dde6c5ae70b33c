package io.freshet.scoring.settings;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One model as its models file declares it, checked once: an instance that exists is valid.
 * Learner, scorer, timelines and the log's manifest all read this value; its canonical JSON is part
 * of every version.
 */
public record ModelSettings(
    String name,
    String family,
    List<Feature> features,
    List<History> histories,
    Attention attention,
    Network network,
    Boosting boosting,
    RankingSettings ranking,
    Regularization regularization,
    Optimizers optimizer,
    Calibration calibration,
    Batching batch,
    Rounds round,
    Publishing publish,
    GateSettings gate,
    @Nullable WarmStart warmStart,
    String engine,
    Device device,
    long seed) {

  public ModelSettings(
      String name,
      String family,
      List<Feature> features,
      List<History> histories,
      Attention attention,
      Network network,
      Boosting boosting,
      RankingSettings ranking,
      Regularization regularization,
      Optimizers optimizer,
      Calibration calibration,
      Batching batch,
      Rounds round,
      Publishing publish,
      GateSettings gate,
      @Nullable WarmStart warmStart,
      String engine,
      Device device,
      long seed) {
    this.name = name;
    this.family = family;
    this.features = List.copyOf(features);
    this.histories = List.copyOf(histories);
    this.attention = attention;
    this.network = network;
    this.boosting = boosting;
    this.ranking = ranking;
    this.regularization = regularization;
    this.optimizer = optimizer;
    this.calibration = calibration;
    this.batch = batch;
    this.round = round;
    this.publish = publish;
    this.gate = gate;
    this.warmStart = warmStart;
    this.engine = engine;
    this.device = device;
    this.seed = seed;
    ModelSettingsChecks.problems(this).throwIfAny();
  }

  /**
   * Where a learner's mathematics runs: on the processor; on a GPU, and nowhere else; on a GPU
   * where there is one.
   */
  public enum Device {
    CPU,
    GPU,
    AUTO
  }

  /** How a feature is used. */
  public enum Use {
    ID,
    NUMBER,
    BAG,
    CROSS,
    BIAS,
    TEXT,
    COUNTERS,
    TOKENS
  }

  /**
   * @param from one or more of {@code item.id}, {@code item.NAME}, {@code context.NAME}, {@code
   *     user.id}, {@code query.text}, {@code position}, {@code event.hour}, {@code event.weekday},
   *     {@code HISTORY.last}; several only for crosses
   * @param size floats per row
   * @param log whether a number x becomes sign(x)·ln(1+|x|)
   * @param admitAfter the decayed count of distinct events at which an id gets its own row
   * @param expireAfterMs event time without an event after which a row goes; 0 = never
   * @param maxRows at most this many rows, the longest unseen go first
   * @param halfLivesMs of counters, ascending
   * @param words how a text becomes tokens
   */
  public record Feature(
      String name,
      List<String> from,
      Use as,
      int size,
      boolean log,
      double admitAfter,
      long expireAfterMs,
      long maxRows,
      List<Long> halfLivesMs,
      Words words) {

    public Feature {
      from = List.copyOf(from);
      halfLivesMs = List.copyOf(halfLivesMs);
    }

    /** Of any use but tokens. */
    public Feature(
        String name,
        List<String> from,
        Use as,
        int size,
        boolean log,
        double admitAfter,
        long expireAfterMs,
        long maxRows,
        List<Long> halfLivesMs) {
      this(name, from, as, size, log, admitAfter, expireAfterMs, maxRows, halfLivesMs, Words.NONE);
    }
  }

  /**
   * How a text becomes tokens.
   *
   * @param length the first so many tokens are kept
   * @param subwords characters of a word's n-grams, its borders counted; 0 = none
   * @param punctuation whether punctuation marks are tokens too
   */
  public record Words(int length, int subwords, boolean punctuation) {

    /** Of a feature that is no text. */
    public static final Words NONE = new Words(0, 0, false);
  }

  /**
   * @param of id features whose tables the history's fields share
   */
  public record History(String name, List<String> of, List<String> actions, int length) {

    public History {
      of = List.copyOf(of);
      actions = List.copyOf(actions);
    }
  }

  /**
   * What becomes of the activation unit's weights: softmax over the history, raw over its length,
   * or raw as in the paper.
   */
  public enum Normalize {
    SOFTMAX,
    MEAN,
    NONE
  }

  public enum Activation {
    SIGMOID,
    RELU,
    PRELU,
    DICE
  }

  /**
   * The activation unit: hidden layers of these widths on [q, k, q-k, q*k], then one linear output.
   */
  public record Attention(List<Integer> units, Activation activation, Normalize normalize) {

    public Attention {
      units = List.copyOf(units);
    }
  }

  /**
   * @param linearSkip whether numbers and counters also reach the logit by a linear map
   */
  public record Network(List<Integer> units, Activation activation, boolean linearSkip) {

    public Network {
      units = List.copyOf(units);
    }
  }

  /**
   * What a boosted block's output adds to the sum before it: {@code NEWTON} a shrunken Newton step;
   * {@code DAMPED} the step and damping of online gradient boosting with guarantees (arXiv
   * 1506.04820, Algorithm 1).
   */
  public enum Sums {
    NEWTON,
    DAMPED
  }

  /**
   * How the output weights of a boosted block learn: {@code GRADIENT} by the optimiser, as all
   * others; {@code NEWTON} they are the Newton step of the whole layer, from running sums.
   */
  public enum Outputs {
    GRADIENT,
    NEWTON
  }

  /**
   * A sum of small networks, each learning what those before it leave.
   *
   * @param units hidden units of one block
   * @param biases standard deviation of the biases of new units
   * @param subsample probability with which an example reaches a block
   * @param halfLife of all running sums, in steps
   * @param retireEvery steps from one retirement of the weakest block to the next; 0 = never
   * @param retireAge steps that a block learns before it may retire
   * @param prefixes shares of the blocks by which a caller may score, ascending, the last being 1
   */
  public record Boosting(
      int blocks,
      int units,
      Sums sums,
      Outputs outputs,
      double biases,
      double shrinkage,
      double subsample,
      double halfLife,
      int retireEvery,
      int retireAge,
      List<Double> prefixes) {

    public Boosting {
      prefixes = List.copyOf(prefixes);
    }

    /** Blocks of prefix {@code p}. */
    public int prefixBlocks(int p) {
      return (int) Math.ceil(prefixes.get(p) * blocks);
    }
  }

  /**
   * @param rows lambda of mini-batch-aware regularisation
   */
  public record Regularization(double rows) {}

  /** How tensors learn. */
  public record Optimizers(Optimizer rows, Optimizer dense, Noise noise) {

    /** Without gradient noise. */
    public Optimizers(Optimizer rows, Optimizer dense) {
      this(rows, dense, Noise.NONE);
    }
  }

  /**
   * Gaussian noise on the gradients of dense tensors, of variance eta / (1 + t)^gamma, t counting
   * updates since the last restart of the annealing.
   *
   * @param eta variance at the start; 0 = no noise
   * @param restartShare of eta that the variance starts from after a restart; 0 = no restarts
   * @param restartEvery updates from the start, and from one restart, to the earliest next one
   */
  public record Noise(double eta, double gamma, double restartShare, int restartEvery) {

    public static final Noise NONE = new Noise(0, 0.55, 0.01, 2_000);
  }

  public enum OptimizerKind {
    ADAGRAD,
    ADAM,
    SGD
  }

  /**
   * @param halfLifeUpdates of an accumulator in a row's own updates; 0 = never forgets
   * @param halfLifeMs the same in event time; 0 = by updates
   * @param clip largest norm of the dense gradient, per step; 0 = no clipping
   * @param spread standard deviation of a new row's values
   */
  public record Optimizer(
      OptimizerKind kind,
      double rate,
      double halfLifeUpdates,
      long halfLifeMs,
      double clip,
      double spread) {}

  public enum Calibration {
    PLATT,
    NONE
  }

  /**
   * @param spanMs aligned event-time boundary at which an unfilled batch closes
   */
  public record Batching(int size, long spanMs) {}

  /**
   * @param steps a round ends after this many steps, and whenever a batch was closed by its span
   */
  public record Rounds(int steps) {}

  /**
   * @param everyMs at most one version in this time
   * @param anchorEveryMs a version in this time comes as the whole state too
   * @param checkpoints how many complete ones can be restored from the model's log
   */
  public record Publishing(long everyMs, long anchorEveryMs, int checkpoints) {

    /** Where nothing is said. */
    static final int CHECKPOINTS = 10;

    /** With as many checkpoints as where nothing is said. */
    public Publishing(long everyMs, long anchorEveryMs) {
      this(everyMs, anchorEveryMs, CHECKPOINTS);
    }
  }

  /**
   * @param from the model whose newest version gives the tensors and tables that match
   */
  public record WarmStart(String from) {}
}
