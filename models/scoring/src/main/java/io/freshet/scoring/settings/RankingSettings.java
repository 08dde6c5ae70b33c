package io.freshet.scoring.settings;

import java.util.List;

/**
 * How texts are matched, and how a ranking is learnt: the part of a model's settings that families
 * of late interaction read.
 *
 * @param width floats of a token's embedding
 * @param vector floats of a token's vector after the projection
 * @param context hidden units of the encoder that lets tokens see each other; 0 = no encoder
 * @param augment a query is filled up to this many tokens with masks; 0 = as it is
 * @param temperature by which scores are divided before they enter a ranking loss
 * @param teacher the number feature with another model's scores; empty = none
 * @param teacherWeight of the loss against those scores
 * @param tokens how the table of words grows
 * @param generation rounds from one state of the document side to the next
 * @param documentShare of the gradient that reaches the document side's words
 * @param pretrained what words start from
 */
public record RankingSettings(
    int width,
    int vector,
    int context,
    int augment,
    Projection projection,
    Loss loss,
    double temperature,
    Negatives negatives,
    Examination examination,
    String teacher,
    double teacherWeight,
    Tokens tokens,
    int generation,
    double documentShare,
    Pretrained pretrained) {

  /** What stands where a models file is silent. */
  public static final RankingSettings DEFAULT =
      new RankingSettings(
          64,
          64,
          0,
          0,
          new Projection(Shape.LINEAR, Bend.IDENTITY, 2, true),
          Loss.SOFTMAX,
          0.1,
          new Negatives(0, 0.5),
          new Examination(Source.NONE, List.of(), 10, 10, 0.2, 200_000),
          "",
          0.5,
          new Tokens(1, 0, 5_000_000),
          64,
          0,
          Pretrained.NONE);

  /** The map from an embedding to a vector. */
  public enum Shape {
    LINEAR,
    FEEDFORWARD,
    GLU
  }

  /** A non-linearity, applied element by element. */
  public enum Bend {
    IDENTITY,
    RELU,
    GELU,
    SILU,
    SIGMOID
  }

  /**
   * @param scale of the intermediate width to the embedding's
   * @param residual whether a learned linear map of the input is added
   */
  public record Projection(Shape shape, Bend activation, int scale, boolean residual) {}

  /** By which a query's documents are learnt. */
  public enum Loss {
    POINTWISE,
    LOGISTIC,
    HINGE,
    SOFTMAX
  }

  /**
   * Documents of other queries of the batch, as negatives.
   *
   * @param count of them for a query
   * @param weight of their loss
   */
  public record Negatives(int count, double weight) {}

  /** Where the probability that a position is looked at comes from. */
  public enum Source {
    NONE,
    GIVEN,
    POSITIONS,
    ESTIMATED
  }

  /**
   * @param positions that probability by position, the last one holding for all further ones
   * @param clip largest weight of a click
   * @param upTo positions that are estimated, the last one with all further ones
   * @param error largest standard error of the logarithm of an estimate that is used
   * @param maxPairs of query and document that are kept to estimate from
   */
  public record Examination(
      Source from, List<Double> positions, double clip, int upTo, double error, int maxPairs) {

    public Examination {
      positions = List.copyOf(positions);
    }
  }

  /**
   * @param admitAfter the decayed count of examples at which a word or sub-word gets a row
   * @param expireAfterMs event time without an example after which a row goes; 0 = never
   * @param maxRows at most this many rows, the longest unseen go first
   */
  public record Tokens(double admitAfter, long expireAfterMs, long maxRows) {}

  /**
   * An encoder whose vectors words start from.
   *
   * @param tokenizer path of its tokenizer's JSON; empty = none
   * @param model path of its TorchScript file; empty = none
   */
  public record Pretrained(String tokenizer, String model) {

    /** Words start from hashed vectors. */
    public static final Pretrained NONE = new Pretrained("", "");

    /** Whether there is one. */
    public boolean given() {
      return !tokenizer.isEmpty();
    }
  }
}
