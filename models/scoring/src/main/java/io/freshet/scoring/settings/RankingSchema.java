package io.freshet.scoring.settings;

import io.freshet.scoring.settings.RankingSettings.Bend;
import io.freshet.scoring.settings.RankingSettings.Examination;
import io.freshet.scoring.settings.RankingSettings.Loss;
import io.freshet.scoring.settings.RankingSettings.Negatives;
import io.freshet.scoring.settings.RankingSettings.Pretrained;
import io.freshet.scoring.settings.RankingSettings.Projection;
import io.freshet.scoring.settings.RankingSettings.Shape;
import io.freshet.scoring.settings.RankingSettings.Source;
import io.freshet.scoring.settings.RankingSettings.Tokens;
import java.util.ArrayList;
import java.util.List;

/** The settings of {@link RankingSettings}, and how a models file is read into them. */
final class RankingSchema {

  private static final RankingSettings DEFAULT = RankingSettings.DEFAULT;
  private static final String PATH = "models.NAME.ranking";

  private static final Setting<Integer> WIDTH =
      Setting.of(
          "width", Kind.whole(Limit.FEATURE_SIZE), DEFAULT.width(), "Floats of an embedding.");
  private static final Setting<Integer> VECTOR =
      Setting.of(
          "vector",
          Kind.whole(Limit.FEATURE_SIZE),
          DEFAULT.vector(),
          "Floats of a token's vector after the projection.");
  private static final Setting<Integer> CONTEXT =
      Setting.of(
          "context",
          Kind.whole(Limit.CONTEXT),
          DEFAULT.context(),
          "Hidden units of the encoder (one attention layer, one feed-forward block) that lets the"
              + " tokens of a text see each other; 0 = no encoder.");
  private static final Setting<Integer> AUGMENT =
      Setting.of(
          "augment",
          Kind.whole(Limit.AUGMENT),
          DEFAULT.augment(),
          "A query is filled up to this many tokens with masks; 0 = as it is.");
  private static final Setting<Loss> LOSS =
      Setting.of(
          "loss",
          Kind.choice(Loss.class),
          DEFAULT.loss(),
          "Of a query's documents: `pointwise` log loss; pairwise `logistic` or `hinge`; listwise"
              + " `softmax`. Examples without a query learn pointwise.");
  private static final Setting<Double> TEMPERATURE =
      Setting.of(
          "temperature",
          Kind.number(Limit.TEMPERATURE),
          DEFAULT.temperature(),
          "Scores are divided by it before they enter a ranking loss.");
  private static final Setting<String> TEACHER =
      Setting.of(
          "teacher",
          Kind.text("the name of a number feature"),
          DEFAULT.teacher(),
          "The `number` feature that holds another model's score, to learn from; empty = none.");
  private static final Setting<Double> TEACHER_WEIGHT =
      Setting.of(
          "teacherWeight",
          Kind.number(Limit.FRACTION),
          DEFAULT.teacherWeight(),
          "Weight of the loss against the teacher's scores.");
  private static final Setting<Integer> GENERATION =
      Setting.of(
          "generation",
          Kind.whole(Limit.ROUND_STEPS),
          DEFAULT.generation(),
          "Rounds for which the document side stands still, and with it every document's vectors; 1 ="
              + " fully online.");
  private static final Setting<Double> DOCUMENT_SHARE =
      Setting.of(
          "documentShare",
          Kind.number(Limit.FRACTION),
          DEFAULT.documentShare(),
          "Share of the gradient by which documents' own words learn; 0 = queries alone teach.");
  private static final SettingsSchema.Group RANKING =
      new SettingsSchema.Group(
          PATH,
          "How texts are matched, and how a ranking is learnt, in families of late interaction"
              + " (`colbert`).",
          List.of(
              WIDTH,
              VECTOR,
              CONTEXT,
              AUGMENT,
              LOSS,
              TEMPERATURE,
              TEACHER,
              TEACHER_WEIGHT,
              GENERATION,
              DOCUMENT_SHARE));

  private static final Setting<Shape> SHAPE =
      Setting.of(
          "shape",
          Kind.choice(Shape.class),
          DEFAULT.projection().shape(),
          "`linear`: x·W; `feedforward`: act(x·W1)·W2; `glu`: (act(x·W1 + b) ∘ x·W2)·W3.");
  private static final Setting<Bend> ACTIVATION =
      Setting.of(
          "activation",
          Kind.choice(Bend.class),
          DEFAULT.projection().activation(),
          "Of the hidden units; with `identity`, `feedforward` is linear and deeper.");
  private static final Setting<Integer> SCALE =
      Setting.of(
          "scale",
          Kind.whole(Limit.PROJECTION_SCALE),
          DEFAULT.projection().scale(),
          "Hidden units, in widths of the embedding.");
  private static final Setting<Boolean> RESIDUAL =
      Setting.of(
          "residual",
          Kind.flag(),
          DEFAULT.projection().residual(),
          "Whether a learned x·R is added, which is then the start; not for `linear`.");
  private static final SettingsSchema.Group PROJECTION =
      new SettingsSchema.Group(
          PATH + ".projection",
          "The map from an embedding to a vector (arXiv 2510.12327). Every one starts as the identity,"
              + " or as an orthogonal map where the vector is narrower.",
          List.of(SHAPE, ACTIVATION, SCALE, RESIDUAL));

  private static final Setting<Integer> COUNT =
      Setting.of(
          "count",
          Kind.whole(Limit.NEGATIVES),
          DEFAULT.negatives().count(),
          "Documents of other queries of the batch that a clicked one is held against; never those of"
              + " the same query text, nor those clicked for it. 0 = none.");
  private static final Setting<Double> NEGATIVES_WEIGHT =
      Setting.of(
          "weight", Kind.number(Limit.FRACTION), DEFAULT.negatives().weight(), "Of that loss.");
  private static final SettingsSchema.Group NEGATIVES =
      new SettingsSchema.Group(
          PATH + ".negatives",
          "In-batch negatives, corrected for how often each document is shown.",
          List.of(COUNT, NEGATIVES_WEIGHT));

  private static final Setting<Source> FROM =
      Setting.of(
          "from",
          Kind.choice(Source.class),
          DEFAULT.examination().from(),
          "Where the probability that a position is looked at comes from: `none`, `given` by the"
              + " impression's propensity, `positions` below, or `estimated` from the stream.");
  private static final Setting<List<Double>> POSITIONS =
      Setting.of(
          "positions",
          Kind.list(Kind.number(Limit.SHARE)),
          DEFAULT.examination().positions(),
          "That probability by position, for `positions`; the last one holds for all further ones.");
  private static final Setting<Double> CLIP =
      Setting.of(
          "clip",
          Kind.number(Limit.WEIGHT_CLIP),
          DEFAULT.examination().clip(),
          "Largest weight, one over that probability, that a click gets.");
  private static final Setting<Integer> UP_TO =
      Setting.of(
          "upTo",
          Kind.whole(Limit.POSITIONS),
          DEFAULT.examination().upTo(),
          "`estimated`: positions that have an estimate each, the last one together with all further"
              + " ones.");
  private static final Setting<Double> ERROR =
      Setting.of(
          "error",
          Kind.number(Limit.SHARE),
          DEFAULT.examination().error(),
          "`estimated`: largest standard error of the logarithm with which an estimate is used.");
  private static final Setting<Integer> MAX_PAIRS =
      Setting.of(
          "maxPairs",
          Kind.whole(Limit.PAIRS),
          DEFAULT.examination().maxPairs(),
          "`estimated`: pairs of query and document to estimate from; beyond that the half unseen for"
              + " longest goes.");
  private static final SettingsSchema.Group EXAMINATION =
      new SettingsSchema.Group(
          PATH + ".examination",
          "Against position bias: clicks weigh one over the probability of being looked at."
              + " `estimated` compares the clicks of one document for one query at several positions,"
              + " in the position-based model. Where no document is seen at several, or too few clicks"
              + " came of it, there is no estimate: such clicks weigh 1, and each version's metrics"
              + " say how many (`examinationUnweightedClicks`), how many positions are known"
              + " (`examinationKnown`, and `examination.K` the probability at K relative to the"
              + " largest) and from how many pairs (`examinationMovedPairs`).",
          List.of(FROM, POSITIONS, CLIP, UP_TO, ERROR, MAX_PAIRS));

  private static final SettingsSchema.Group TOKENS =
      new SettingsSchema.Group(
          PATH + ".tokens",
          "How the table of words and sub-words grows.",
          List.of(
              SettingsSchema.ADMIT_AFTER, SettingsSchema.EXPIRE_AFTER, SettingsSchema.MAX_ROWS));

  private static final Setting<String> TOKENIZER =
      Setting.of(
          "tokenizer",
          Kind.text("a path"),
          DEFAULT.pretrained().tokenizer(),
          "The tokenizer's file (`tokenizer.json`, Hugging Face's format); empty = none.");
  private static final Setting<String> MODEL =
      Setting.of(
          "model",
          Kind.text("a path"),
          DEFAULT.pretrained().model(),
          "The encoder's TorchScript file: `forward(ids, mask)`, both [words, tokens], gives [words,"
              + " tokens, `ranking.width`]; empty = none.");
  private static final SettingsSchema.Group PRETRAINED =
      new SettingsSchema.Group(
          PATH + ".pretrained",
          "A pretrained encoder that words start from, read on the learner's machine when it starts"
              + " and frozen; a command that learns itself refuses paths at which no file can be"
              + " read. A word of its vocabulary starts from the vector that it gives the word"
              + " alone, in the place of the hashed one, as soon as the word is admitted, in queries and"
              + " in documents; its n-grams still add their spelling. So versions hold all that scoring"
              + " needs, and readers need no encoder. What is lost: a word's meaning beside others, and"
              + " words that the vocabulary has in pieces only, which start from hashed vectors.",
          List.of(TOKENIZER, MODEL));

  private RankingSchema() {}

  static List<SettingsSchema.Group> groups() {
    return List.of(RANKING, PROJECTION, NEGATIVES, EXAMINATION, TOKENS, PRETRAINED);
  }

  static RankingSettings read(Section section) {
    List<String> keys = new ArrayList<>(RANKING.keys());
    keys.addAll(List.of("projection", "negatives", "examination", "tokens", "pretrained"));
    section.knows(keys);
    return new RankingSettings(
        section.get(WIDTH),
        section.get(VECTOR),
        section.get(CONTEXT),
        section.get(AUGMENT),
        projection(section.below("projection").knows(PROJECTION.keys())),
        section.get(LOSS),
        section.get(TEMPERATURE),
        negatives(section.below("negatives").knows(NEGATIVES.keys())),
        examination(section.below("examination").knows(EXAMINATION.keys())),
        section.get(TEACHER),
        section.get(TEACHER_WEIGHT),
        tokens(section.below("tokens").knows(TOKENS.keys())),
        section.get(GENERATION),
        section.get(DOCUMENT_SHARE),
        pretrained(section.below("pretrained").knows(PRETRAINED.keys())));
  }

  private static Pretrained pretrained(Section section) {
    return new Pretrained(section.file(TOKENIZER), section.file(MODEL));
  }

  private static Projection projection(Section section) {
    return new Projection(
        section.get(SHAPE), section.get(ACTIVATION), section.get(SCALE), section.get(RESIDUAL));
  }

  private static Negatives negatives(Section section) {
    return new Negatives(section.get(COUNT), section.get(NEGATIVES_WEIGHT));
  }

  private static Examination examination(Section section) {
    return new Examination(
        section.get(FROM),
        section.get(POSITIONS),
        section.get(CLIP),
        section.get(UP_TO),
        section.get(ERROR),
        section.get(MAX_PAIRS));
  }

  private static Tokens tokens(Section section) {
    return new Tokens(
        section.get(SettingsSchema.ADMIT_AFTER),
        section.get(SettingsSchema.EXPIRE_AFTER),
        section.get(SettingsSchema.MAX_ROWS));
  }

  /** What must hold, with paths relative to the model. */
  static void check(ModelSettings model, Problems problems) {
    RankingSettings ranking = model.ranking();
    problems.check("ranking.width", Limit.FEATURE_SIZE, ranking.width());
    problems.check("ranking.vector", Limit.FEATURE_SIZE, ranking.vector());
    if (ranking.vector() > ranking.width()) {
      problems.add(
          "ranking.vector", "must be at most ranking.width, " + ranking.width(), ranking.vector());
    }
    problems.check("ranking.context", Limit.CONTEXT, ranking.context());
    problems.check("ranking.augment", Limit.AUGMENT, ranking.augment());
    problems.check(
        "ranking.projection.scale", Limit.PROJECTION_SCALE, ranking.projection().scale());
    problems.check("ranking.temperature", Limit.TEMPERATURE, ranking.temperature());
    problems.check("ranking.negatives.count", Limit.NEGATIVES, ranking.negatives().count());
    problems.check("ranking.negatives.weight", Limit.FRACTION, ranking.negatives().weight());
    problems.check("ranking.examination.clip", Limit.WEIGHT_CLIP, ranking.examination().clip());
    problems.check("ranking.examination.upTo", Limit.POSITIONS, ranking.examination().upTo());
    problems.check("ranking.examination.error", Limit.SHARE, ranking.examination().error());
    problems.check("ranking.examination.maxPairs", Limit.PAIRS, ranking.examination().maxPairs());
    boolean listed = ranking.examination().from() == Source.POSITIONS;
    List<Double> positions = ranking.examination().positions();
    if (listed == positions.isEmpty()) {
      problems.add(
          "ranking.examination.positions",
          "must be given with from: positions, and only then",
          positions);
    }
    positions.forEach(share -> problems.check("ranking.examination.positions", Limit.SHARE, share));
    boolean known =
        model.features().stream()
            .filter(feature -> feature.as() == ModelSettings.Use.NUMBER)
            .anyMatch(feature -> feature.name().equals(ranking.teacher()));
    if (!ranking.teacher().isEmpty() && !known) {
      problems.add("ranking.teacher", "must name a feature that is as: number", ranking.teacher());
    }
    problems.check("ranking.teacherWeight", Limit.FRACTION, ranking.teacherWeight());
    problems.check("ranking.tokens.admitAfter", Limit.ADMIT_AFTER, ranking.tokens().admitAfter());
    problems.check("ranking.tokens.expireAfter", Limit.TIME, ranking.tokens().expireAfterMs());
    problems.check("ranking.tokens.maxRows", Limit.MAX_ROWS, ranking.tokens().maxRows());
    if (ranking.pretrained().tokenizer().isEmpty() != ranking.pretrained().model().isEmpty()) {
      problems.add(
          "ranking.pretrained",
          "must have both tokenizer and model, or neither",
          ranking.pretrained());
    }
    problems.check("ranking.generation", Limit.ROUND_STEPS, ranking.generation());
    problems.check("ranking.documentShare", Limit.FRACTION, ranking.documentShare());
  }
}
