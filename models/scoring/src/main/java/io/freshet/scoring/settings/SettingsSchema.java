package io.freshet.scoring.settings;

import io.freshet.scoring.settings.Kind.HalfLife;
import io.freshet.scoring.settings.ModelSettings.Activation;
import io.freshet.scoring.settings.ModelSettings.Calibration;
import io.freshet.scoring.settings.ModelSettings.Device;
import io.freshet.scoring.settings.ModelSettings.Noise;
import io.freshet.scoring.settings.ModelSettings.Normalize;
import io.freshet.scoring.settings.ModelSettings.OptimizerKind;
import io.freshet.scoring.settings.ModelSettings.Outputs;
import io.freshet.scoring.settings.ModelSettings.Publishing;
import io.freshet.scoring.settings.ModelSettings.Sums;
import io.freshet.scoring.settings.ModelSettings.Use;
import java.util.List;
import java.util.stream.Stream;

/**
 * Every setting of a models file, with its kind, default and meaning. Defaults are those that were
 * measured to pay in one pass over real streams, where anything was measured.
 */
final class SettingsSchema {

  private static final String LIVE_NOTE = ", or what suits the source's time scale";
  private static final String KIND_MEANING =
      "The rule by which a gradient becomes a change; `adam` on rows counts a row's own steps.";

  /** Stands for the first of a family's engines. */
  static final String OWN_ENGINE = "own";

  private static final long DAY_MS = 86_400_000L;
  private static final long HOUR_MS = 3_600_000L;

  private SettingsSchema() {}

  /** Settings that stand together, below {@code path} of the file. */
  record Group(String path, String meaning, List<Setting<?>> settings) {

    Group {
      settings = List.copyOf(settings);
    }

    List<String> keys() {
      return settings.stream().<String>map(Setting::key).toList();
    }
  }

  static final Setting<Long> OUT_OF_ORDERNESS =
      Setting.derived(
          "outOfOrderness",
          Kind.duration(),
          context -> context.source().outOfOrdernessMs(),
          LIVE_NOTE,
          "An event this much older than its partition's newest is late. Event time.");
  static final Setting<Long> HEARTBEAT =
      Setting.derived(
          "heartbeat",
          Kind.duration(),
          context -> heartbeat(context.source()),
          ", the default of `outOfOrderness`; that of `batch.span` where it is 0",
          "Event time between the heartbeats of Freshet's own producers.");
  static final Group STREAM =
      new Group("stream", "Time and order, for all models.", List.of(OUT_OF_ORDERNESS, HEARTBEAT));

  static final Setting<String> ACTION =
      Setting.of(
          "action",
          Kind.text("the name of an outcome"),
          "click",
          "The action that makes an example positive.");
  static final Setting<Long> WAIT =
      Setting.derived(
          "wait",
          Kind.duration(),
          context -> context.source().waitMs(),
          LIVE_NOTE,
          "From an impression to the end of the wait for its label. Event time.");
  static final Setting<String> POLICY =
      Setting.of(
          "policy",
          Kind.text("wait"),
          StreamSettings.WAIT,
          "`wait`: an example is ready at its outcome or at the end of its wait.");
  static final Group LABELS =
      new Group("labels", "What is learnt, for all models.", List.of(ACTION, WAIT, POLICY));

  static final Setting<String> FAMILY =
      Setting.required("family", Kind.text("the name of a family"), "The kind of model.");
  static final Setting<Calibration> CALIBRATION =
      Setting.of(
          "calibration",
          Kind.choice(Calibration.class),
          Calibration.PLATT,
          "`platt`: probability = sigmoid(a·logit + b), learnt on predictions made before their label.");
  static final Setting<String> ENGINE =
      Setting.of(
          "engine",
          Kind.text("the name of an engine"),
          OWN_ENGINE,
          "What computes a learner's mathematics: `own` is the family's first choice:"
              + " `java` of `boosted-mlp` and `colbert`, `djl` (PyTorch) of the others.");
  static final Setting<Device> DEVICE =
      Setting.of(
          "device",
          Kind.choice(Device.class),
          Device.CPU,
          "Where `engine: djl` computes: `gpu` on one that Flink gives, refused where there is none;"
              + " `auto` on one where there is one, else on the processor, which log, metrics and every"
              + " version then say. Tables stay in the host's memory.");
  static final Setting<Long> SEED =
      Setting.of("seed", Kind.large(""), 1L, "Of initial values and of all other randomness.");
  static final Group MODEL =
      new Group(
          "models.NAME",
          "One model. Its name: letters, digits, `_`, `-`, starting with a letter, at most 64.",
          List.of(FAMILY, CALIBRATION, ENGINE, DEVICE, SEED));

  /** The parts of a model that are sections or lists of their own. */
  static final List<String> MODEL_PARTS =
      List.of(
          "features",
          "histories",
          "attention",
          "network",
          "boosting",
          "ranking",
          "regularization",
          "optimizer",
          "batch",
          "round",
          "publish",
          "gate",
          "warmStart");

  static final Setting<String> NAME =
      Setting.required(
          "name",
          Kind.text("a name"),
          "Names the feature's table. Letters, digits, `_`, `-`, starting with a letter, at most 64.");
  static final Setting<List<String>> FROM =
      Setting.required(
          "from",
          Kind.oneOrSeveral(Kind.text("a source")),
          "One of `item.id`, `item.NAME`, `context.NAME`, `user.id`, `query.text`, `position`,"
              + " `event.hour`, `event.weekday` (1 = Monday, UTC), `HISTORY.last` (the item of its newest"
              + " entry); a list of 2 to 4 for crosses. `item.text` is the item's text, `query.text` that"
              + " of the query which the item answers.");
  static final Setting<Use> AS =
      Setting.required("as", Kind.choice(Use.class), "How the value is used; see below.");
  static final Group FEATURE =
      new Group("models.NAME.features[]", "Every feature.", List.of(NAME, FROM, AS));

  static final Setting<Integer> SIZE =
      Setting.of("size", Kind.whole(Limit.FEATURE_SIZE), 16, "Floats per row.");
  static final Setting<Double> ADMIT_AFTER =
      Setting.of(
          "admitAfter",
          Kind.number(Limit.ADMIT_AFTER),
          1.0,
          "The decayed count of distinct events at which an id gets its own row; until then it scores"
              + " with the table's shared row.");
  static final Setting<Long> EXPIRE_AFTER =
      Setting.of(
          "expireAfter",
          Kind.durationOrNever(),
          0L,
          "Event time without an event after which a row goes.");
  static final Setting<Long> MAX_ROWS =
      Setting.of(
          "maxRows",
          Kind.large(", " + Limit.MAX_ROWS),
          5_000_000L,
          "At most this many rows; the longest unseen go first.");
  static final Setting<Boolean> LOG =
      Setting.of("log", Kind.flag(), false, "Whether a number x becomes sign(x)·ln(1+|x|).");
  static final Setting<List<Long>> HALF_LIVES =
      Setting.of(
          "halfLives",
          Kind.list(Kind.duration()),
          List.of(HOUR_MS, 6 * HOUR_MS, 24 * HOUR_MS, 7 * DAY_MS),
          "Of the decayed rates, ascending, 1 to 16 of them. Event time.");

  static final Setting<Integer> TEXT_LENGTH =
      Setting.of(
          "length", Kind.whole(Limit.TEXT_LENGTH), 64, "The first so many tokens of a text count.");
  static final Setting<Integer> SUBWORDS =
      Setting.of(
          "subwords",
          Kind.whole(Limit.SUBWORDS),
          4,
          "Characters of a word's n-grams, by which words of like spelling are alike; 0 = none.");
  static final Setting<Boolean> PUNCTUATION =
      Setting.of(
          "punctuation", Kind.flag(), false, "Whether punctuation marks are tokens of their own.");

  private static final List<Setting<?>> ROWS = List.of(ADMIT_AFTER, EXPIRE_AFTER, MAX_ROWS);
  private static final List<Setting<?>> SIZED_ROWS =
      Stream.concat(Stream.<Setting<?>>of(SIZE), ROWS.stream()).toList();

  static final Setting<String> HISTORY_NAME =
      Setting.required(
          "name", Kind.text("a name"), "Names the history; differs from all features.");
  static final Setting<List<String>> OF =
      Setting.required(
          "of",
          Kind.list(Kind.text("the name of a feature")),
          "Features that are `as: id` and from the item; a past item's rows are those of their tables.");
  static final Setting<List<String>> ACTIONS =
      Setting.derived(
          "actions",
          Kind.list(Kind.text("the name of an outcome")),
          context -> List.of(context.labelAction()),
          ", that is `labels.action`",
          "What enters the history; `none` is an impression whose wait ended without an outcome,"
              + " `query` the words of what the user searched for: the first 16, one entry a word,"
              + " with the word as `item.id` and no attributes.");
  static final Setting<Integer> LENGTH =
      Setting.of("length", Kind.whole(Limit.HISTORY_LENGTH), 50, "Entries kept, the newest ones.");
  static final Group HISTORY =
      new Group(
          "models.NAME.histories[]",
          "What a user did, or did not do, before.",
          List.of(HISTORY_NAME, OF, ACTIONS, LENGTH));

  static final Setting<List<Integer>> ATTENTION_UNITS =
      Setting.of(
          "units",
          Kind.list(Kind.whole(Limit.UNITS)),
          List.of(80, 40),
          "Widths of the hidden layers on [q, k, q−k, q∘k], 1 to 8 of them.");
  static final Setting<Activation> ATTENTION_ACTIVATION =
      Setting.of(
          "activation", Kind.choice(Activation.class), Activation.SIGMOID, "Of the hidden layers.");
  static final Setting<Normalize> NORMALIZE =
      Setting.of(
          "normalize",
          Kind.choice(Normalize.class),
          Normalize.SOFTMAX,
          "What becomes of the weights: `softmax` over the history, `mean` (raw over its length),"
              + " `none` (raw, as in the DIN paper).");
  static final Group ATTENTION =
      new Group(
          "models.NAME.attention",
          "The activation unit of families that have one (`din`).",
          List.of(ATTENTION_UNITS, ATTENTION_ACTIVATION, NORMALIZE));

  static final Setting<List<Integer>> NETWORK_UNITS =
      Setting.of(
          "units",
          Kind.list(Kind.whole(Limit.UNITS)),
          List.of(200, 80),
          "Widths of the hidden layers, 1 to 64 of them.");
  static final Setting<Activation> NETWORK_ACTIVATION =
      Setting.of(
          "activation", Kind.choice(Activation.class), Activation.PRELU, "Of the hidden layers.");
  static final Setting<Boolean> LINEAR_SKIP =
      Setting.of(
          "linearSkip",
          Kind.flag(),
          true,
          "Whether numbers and counters also reach the logit by a linear map.");
  static final Group NETWORK =
      new Group(
          "models.NAME.network",
          "The network on top.",
          List.of(NETWORK_UNITS, NETWORK_ACTIVATION, LINEAR_SKIP));

  static final Setting<Integer> BLOCKS =
      Setting.of("blocks", Kind.whole(Limit.BLOCKS), 32, "Blocks, all alive from the start.");
  static final Setting<Integer> BLOCK_UNITS =
      Setting.of(
          "units",
          Kind.whole(Limit.BLOCK_UNITS),
          8,
          "Sigmoid units of one block; all blocks together have at most 4096.");
  static final Setting<Sums> SUMS =
      Setting.of(
          "sums",
          Kind.choice(Sums.class),
          Sums.NEWTON,
          "What a block adds: `newton` a shrunken Newton step from running sums; `damped` the step of"
              + " online gradient boosting with guarantees (arXiv 1506.04820, Algorithm 1).");
  static final Setting<Outputs> OUTPUTS =
      Setting.of(
          "outputs",
          Kind.choice(Outputs.class),
          Outputs.GRADIENT,
          "How blocks' output weights learn: `gradient` by the optimiser; `newton` they are the Newton"
              + " step of the block's whole output layer, from running sums (not with `damped`).");
  static final Setting<Double> BIASES =
      Setting.of(
          "biases",
          Kind.number(Limit.SPREAD),
          0.0,
          "Standard deviation of the biases that new units start with; with 0 a new block is an odd"
              + " function of its inputs.");
  static final Setting<Double> SHRINKAGE =
      Setting.of(
          "shrinkage", Kind.number(Limit.SHARE), 0.1, "Factor of every block's contribution.");
  static final Setting<Double> SUBSAMPLE =
      Setting.of(
          "subsample",
          Kind.number(Limit.SHARE),
          1.0,
          "Probability with which an example of a batch trains a block, drawn per block.");
  static final Setting<Double> BOOSTING_HALF_LIFE =
      Setting.of(
          "halfLife",
          Kind.number(Limit.HALF_LIFE_STEPS),
          100.0,
          "Of the running sums behind Newton steps, blocks' merits and the constant start, in steps.");
  static final Setting<Integer> RETIRE_EVERY =
      Setting.of(
          "retireEvery",
          Kind.whole(Limit.RETIRE),
          1000,
          "Steps between two round ends at which the weakest block makes room for a new one; 0 = never.");
  static final Setting<Integer> RETIRE_AGE =
      Setting.of(
          "retireAge",
          Kind.whole(Limit.RETIRE),
          2000,
          "Steps that a block learns before it may have to make room.");
  static final Setting<List<Double>> PREFIXES =
      Setting.of(
          "prefixes",
          Kind.list(Kind.number(Limit.SHARE)),
          List.of(0.125, 0.25, 0.5, 1.0),
          "Shares of the blocks, first ones first, by which a caller may score in less time; each has"
              + " its own calibrator and quality. Ascending, 1 to 8 of them, the last 1.");
  static final Group BOOSTING =
      new Group(
          "models.NAME.boosting",
          "The blocks of a boosted family (`boosted-mlp`), in the place of `network.units`.",
          List.of(
              BLOCKS,
              BLOCK_UNITS,
              SUMS,
              OUTPUTS,
              BIASES,
              SHRINKAGE,
              SUBSAMPLE,
              BOOSTING_HALF_LIFE,
              RETIRE_EVERY,
              RETIRE_AGE,
              PREFIXES));

  static final Setting<Double> REGULARIZATION_ROWS =
      Setting.of(
          "rows",
          Kind.number(Limit.LAMBDA),
          0.0001,
          "Lambda of mini-batch-aware L2 regularisation: once per id and batch, by its decayed count.");
  static final Group REGULARIZATION =
      new Group("models.NAME.regularization", "", List.of(REGULARIZATION_ROWS));

  static final Setting<OptimizerKind> ROWS_KIND =
      Setting.of("kind", Kind.choice(OptimizerKind.class), OptimizerKind.ADAGRAD, KIND_MEANING);
  static final Setting<Double> ROWS_RATE = rate(0.25, "adagrad");
  static final Setting<HalfLife> ROWS_HALF_LIFE =
      Setting.derived(
          "halfLife",
          Kind.halfLife(),
          context -> new HalfLife(100, 0),
          "; only for `adagrad`",
          "Of the accumulator: in the row's own updates, or in event time.");
  static final Setting<Double> ROWS_SPREAD =
      Setting.of(
          "spread", Kind.number(Limit.SPREAD), 0.05, "Standard deviation of a new row's values.");
  static final Group OPTIMIZER_ROWS =
      new Group(
          "models.NAME.optimizer.rows",
          "How the tables' rows learn; adagrad is row-wise.",
          List.of(ROWS_KIND, ROWS_RATE, ROWS_HALF_LIFE, ROWS_SPREAD));

  static final Setting<OptimizerKind> DENSE_KIND =
      Setting.of("kind", Kind.choice(OptimizerKind.class), OptimizerKind.ADAM, KIND_MEANING);
  static final Setting<Double> DENSE_RATE = rate(0.002, "adam");
  static final Setting<HalfLife> DENSE_HALF_LIFE =
      Setting.derived(
          "halfLife",
          Kind.halfLife(),
          context -> HalfLife.NONE,
          "; only for `adagrad`",
          "Of the accumulator: in updates, or in event time.");
  static final Setting<Double> DENSE_CLIP =
      Setting.of(
          "clip",
          Kind.number(Limit.CLIP),
          0.0,
          "Largest norm of a step's gradient over all dense tensors; 0 = no clipping.");
  static final Group OPTIMIZER_DENSE =
      new Group(
          "models.NAME.optimizer.dense",
          "How the dense tensors learn.",
          List.of(DENSE_KIND, DENSE_RATE, DENSE_HALF_LIFE, DENSE_CLIP));

  static final Setting<Double> ETA =
      Setting.of(
          "eta",
          Kind.number(Limit.ETA),
          Noise.NONE.eta(),
          "Variance at t = 0; 0 = no noise. With `adam`, noise above the gradients themselves drowns"
              + " them: start from 1e-8 there, from 0.01 with `sgd`.");
  static final Setting<Double> GAMMA =
      Setting.of(
          "gamma", Kind.number(Limit.GAMMA), Noise.NONE.gamma(), "How fast the variance falls.");
  static final Setting<Double> RESTART_SHARE =
      Setting.of(
          "restartShare",
          Kind.number(Limit.FRACTION),
          Noise.NONE.restartShare(),
          "When the log loss before training is seen to rise (ADWIN), t returns to 0 with this share"
              + " of `eta`; 0 = never.");
  static final Setting<Integer> RESTART_EVERY =
      Setting.of(
          "restartEvery",
          Kind.whole(Limit.UPDATES),
          Noise.NONE.restartEvery(),
          "Updates from the start, and from one restart, to the earliest next one.");
  static final Group OPTIMIZER_NOISE =
      new Group(
          "models.NAME.optimizer.noise",
          "Gaussian noise of variance eta/(1+t)^gamma on the dense tensors' gradients, after clipping"
              + " (arXiv 1511.06807), in every family; t counts updates.",
          List.of(ETA, GAMMA, RESTART_SHARE, RESTART_EVERY));

  static final Setting<Integer> BATCH_SIZE =
      Setting.of(
          "size", Kind.whole(Limit.BATCH_SIZE), 256, "Examples at which a mini-batch closes.");
  static final Setting<Long> BATCH_SPAN =
      Setting.derived(
          "span",
          Kind.duration(),
          context -> context.source().spanMs(),
          LIVE_NOTE,
          "Aligned event-time boundary at which an unfilled mini-batch closes.");
  static final Group BATCH = new Group("models.NAME.batch", "", List.of(BATCH_SIZE, BATCH_SPAN));

  static final Setting<Integer> ROUND_STEPS =
      Setting.of(
          "steps",
          Kind.whole(Limit.ROUND_STEPS),
          4,
          "Mini-batches after which a round ends; one that its span closed ends it too.");
  static final Group ROUND =
      new Group(
          "models.NAME.round",
          "Calibration, expiry, eviction and versions fall at round ends.",
          List.of(ROUND_STEPS));

  static final Setting<Long> EVERY =
      Setting.of("every", Kind.duration(), 250L, "At most one version in this time. Wall clock.");
  static final Setting<Long> ANCHOR_EVERY =
      Setting.of(
          "anchorEvery",
          Kind.duration(),
          60_000L,
          "A version in this time comes as the whole state too. Wall clock; at least `every`.");
  static final Setting<Integer> CHECKPOINTS =
      Setting.of(
          "checkpoints",
          Kind.whole(Limit.CHECKPOINTS),
          Publishing.CHECKPOINTS,
          "So many complete checkpoints can be restored from the model's log; not fewer than Flink"
              + " keeps (`state.checkpoints.num-retained`).");
  static final Group PUBLISH =
      new Group("models.NAME.publish", "", List.of(EVERY, ANCHOR_EVERY, CHECKPOINTS));

  static final Setting<Boolean> GATE_ENABLED =
      Setting.of(
          "enabled",
          Kind.flag(),
          GateSettings.DEFAULT.enabled(),
          "Whether rounds are judged. Without, every round passes, and a model that diverges ends the"
              + " job.");
  static final Setting<Double> GATE_TOLERANCE =
      Setting.of(
          "tolerance",
          Kind.number(Limit.TOLERANCE),
          GateSettings.DEFAULT.tolerance(),
          "A candidate is worse where its log loss is above that of the last good state by more than"
              + " this share of what that state expects of itself (its entropy).");
  static final Setting<Double> GATE_BAND =
      Setting.of(
          "calibrationBand",
          Kind.number(Limit.CALIBRATION_BAND),
          GateSettings.DEFAULT.calibrationBand(),
          "Labels may differ from what was predicted by this factor of odds, on average.");
  static final Setting<Double> GATE_ROUNDS =
      Setting.of(
          "roundsPerFalseRefusal",
          Kind.number(Limit.FALSE_REFUSAL),
          GateSettings.DEFAULT.roundsPerFalseRefusal(),
          "At least this many rounds pass without a refusal, on average, where nothing is wrong.");
  static final Setting<Integer> GATE_HOLD =
      Setting.of(
          "hold",
          Kind.whole(Limit.GATE_ROUNDS),
          GateSettings.DEFAULT.hold(),
          "Rounds after which the last good state moves on, where nothing is suspicious; 8 times as"
              + " many where something is.");
  static final Setting<Integer> GATE_PATIENCE =
      Setting.of(
          "patience",
          Kind.whole(Limit.PATIENCE),
          GateSettings.DEFAULT.patience(),
          "Refusals without the last good state moving on; at the next one the gate steps aside and"
              + " says `forced`.");
  static final Setting<Integer> GATE_ASIDE =
      Setting.of(
          "aside",
          Kind.whole(Limit.PATIENCE),
          GateSettings.DEFAULT.aside(),
          "Rounds at a model's start, and after stepping aside, that are only searched for numbers"
              + " that are not finite.");
  static final Group GATE =
      new Group(
          "models.NAME.gate",
          "When a round may become a version; see GATE.md.",
          List.of(
              GATE_ENABLED,
              GATE_TOLERANCE,
              GATE_BAND,
              GATE_ROUNDS,
              GATE_HOLD,
              GATE_PATIENCE,
              GATE_ASIDE));

  static final Setting<String> WARM_FROM =
      Setting.required(
          "from",
          Kind.text("the name of a model"),
          "The model whose newest version gives the tensors and tables that match.");
  static final Group WARM_START =
      new Group(
          "models.NAME.warmStart", "Optional: a start from another model.", List.of(WARM_FROM));

  /** The further settings of a feature that is used so. */
  static Group feature(Use use) {
    List<Setting<?>> settings =
        switch (use) {
          case ID, BAG, TEXT -> SIZED_ROWS;
          case CROSS, BIAS -> ROWS;
          case COUNTERS -> List.of(HALF_LIVES, EXPIRE_AFTER, MAX_ROWS);
          case NUMBER -> List.of(LOG);
          case TOKENS -> List.of(TEXT_LENGTH, SUBWORDS, PUNCTUATION);
        };
    return new Group(
        FEATURE.path() + " with as: " + ModelSettingsChecks.lower(use), meaning(use), settings);
  }

  private static String meaning(Use use) {
    return switch (use) {
      case ID -> "The value's row. A number's id is that of its shortest decimal text.";
      case NUMBER -> "The number, standardised, with an indicator of its lack.";
      case BAG -> "The mean of the rows of a list of strings; a single string is a bag of one.";
      case CROSS -> "A weight of the combination, added to the logit; the parts are read as ids.";
      case BIAS -> "A weight of the value, added to the logit; `position` is 1 in scoring.";
      case TEXT -> "The mean of the rows of the text's words (letters and digits, in lower case).";
      case COUNTERS ->
          "Decayed rates, rate, count, age and gap of an id, learnt from ready labels only.";
      case TOKENS ->
          "The text's words in their order, in lower case, for families that read texts (`colbert`);"
              + " others ignore them.";
    };
  }

  private static Setting<Double> rate(double rate, String kind) {
    return Setting.derived(
        "rate",
        Kind.number(Limit.RATE),
        context -> rate,
        "; required for another kind than `" + kind + "`",
        "Learning rate.");
  }

  private static long heartbeat(SettingsDefaults source) {
    return source.outOfOrdernessMs() > 0 ? source.outOfOrdernessMs() : source.spanMs();
  }

  /** All groups, in the order of the reference page. */
  static List<Group> groups() {
    Stream<Group> uses = Stream.of(Use.values()).map(SettingsSchema::feature);
    return Stream.of(
            Stream.of(STREAM, LABELS, MODEL, FEATURE),
            uses,
            Stream.of(HISTORY, ATTENTION, NETWORK, BOOSTING),
            RankingSchema.groups().stream(),
            Stream.of(
                REGULARIZATION,
                OPTIMIZER_ROWS,
                OPTIMIZER_DENSE,
                OPTIMIZER_NOISE,
                BATCH,
                ROUND,
                PUBLISH,
                GATE,
                WARM_START))
        .flatMap(groups -> groups)
        .toList();
  }
}
