package io.freshet.scoring.colbert;

import io.freshet.scoring.ctr.InitialValues;
import io.freshet.scoring.ctr.TensorSpec;
import io.freshet.scoring.ctr.TensorSpec.Role;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureLayout;
import io.freshet.scoring.feature.FeatureLayout.IdSlot;
import io.freshet.scoring.feature.FeatureLayout.TokenSlot;
import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.feature.Tokens;
import io.freshet.scoring.settings.ModelSettings;
import io.freshet.scoring.settings.RankingSettings;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import io.freshet.scoring.state.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the state of a late-interaction model holds, and which part of an example is what. Scorer
 * and learner take all names from here.
 *
 * <p>Both sides of a match share their weights, but at different times: queries are read by what is
 * learnt last; documents by the tensors and the table whose names start with {@value #DOCUMENTS},
 * which are what the former were at the last generation.
 */
public final class ColbertShape {

  /** What documents are read by; the rest of the name is that of its query side. */
  public static final String DOCUMENTS = "documents.";

  /** What learning has added to the hashed vectors of words and sub-words. */
  public static final String WORDS = "tokens.words";

  /** The logarithm of what learning makes of a word's IDF as a weight in queries. */
  public static final String WEIGHTS = "tokens.weights";

  /** In how many distinct documents a word was. */
  public static final String FREQUENCIES = "tokens.frequencies";

  /** The number of distinct documents. */
  public static final String COUNT = "tokens.documents";

  /** Scale and offset between a match and a logit. */
  public static final String HEAD = "head";

  public static final String CALIBRATION = "calibration";

  /** How often the document side changed, and a hash of it: 4 × 16 bits. */
  public static final String GENERATION = "documents.generation";

  /** Tokens at least this far apart are as far as it gets, for the encoder's attention. */
  static final int FAR = 8;

  private static final long MARKER_QUERY = Ids.of("#[Q]");
  private static final long MARKER_DOCUMENT = Ids.of("#[D]");
  private static final float SCALE = 4;
  private static final float OFFSET = -2;

  private final ModelSettings settings;
  private final FeatureLayout layout;
  private final List<TensorSpec> trainable;
  private final List<TensorSpec> tensors;
  private final long[] masks;

  /**
   * @throws IllegalArgumentException if the settings declare no text of the query or none of the
   *     item
   */
  public ColbertShape(ModelSettings settings) {
    this.settings = settings;
    this.layout = FeatureLayout.of(settings);
    List<TokenSlot> slots = layout.tokens();
    if (slots.stream().noneMatch(TokenSlot::ofQuery)
        || slots.stream().allMatch(TokenSlot::ofQuery)
        || slots.stream().map(slot -> slot.words().subwords()).distinct().count() > 1) {
      throw new IllegalArgumentException(
          "model %s: family %s must have features as: tokens of the query and of the item, all with the same subwords, got %s"
              .formatted(settings.name(), settings.family(), slots));
    }
    List<TensorSpec> side = new ArrayList<>(ContextSpecs.of(settings.ranking()));
    side.addAll(ProjectionSpecs.of(settings.ranking()));
    trainable = List.copyOf(side);
    tensors =
        Stream.of(
                side.stream(),
                Stream.of(
                    new TensorSpec(
                        HEAD,
                        List.of(2),
                        Role.TRAINABLE,
                        new InitialValues.Listed(List.of(SCALE, OFFSET)))),
                side.stream()
                    .map(
                        spec ->
                            new TensorSpec(
                                DOCUMENTS + spec.name(),
                                spec.shape(),
                                Role.STATISTIC,
                                new InitialValues.Constant(0))),
                Stream.of(
                    statistic(COUNT, 0f),
                    statistic(GENERATION, 0f, 0f, 0f, 0f, 0f),
                    statistic(CALIBRATION, 1f, 0f)))
            .flatMap(specs -> specs)
            .toList();
    masks = new long[settings.ranking().augment()];
    Arrays.setAll(masks, i -> Ids.of("#[MASK] " + i));
  }

  private static TensorSpec statistic(String name, Float... values) {
    return new TensorSpec(
        name,
        List.of(values.length),
        Role.STATISTIC,
        new InitialValues.Listed(Arrays.asList(values)));
  }

  public ModelSettings settings() {
    return settings;
  }

  public RankingSettings ranking() {
    return settings.ranking();
  }

  public FeatureLayout layout() {
    return layout;
  }

  /** All tensors. */
  public List<TensorSpec> tensors() {
    return tensors;
  }

  /** The tensors by which a side reads texts, each of which documents have a copy of. */
  public List<TensorSpec> side() {
    return trainable;
  }

  /** Tables of crosses and biases, whose rows add to the logit, in the layout's order. */
  public List<IdSlot> additions() {
    return Stream.concat(layout.crosses().stream(), layout.biases().stream()).toList();
  }

  /** The ids of {@link #additions} in an example. */
  public static long[] additions(EncodedExample example) {
    long[] crosses = example.crosses();
    long[] ids = Arrays.copyOf(crosses, crosses.length + example.biases().length);
    System.arraycopy(example.biases(), 0, ids, crosses.length, example.biases().length);
    return ids;
  }

  /** A state of tensors of zeros and empty tables. */
  public ModelState emptyState() {
    List<RowTable> tables = new ArrayList<>();
    tables.add(new RowTable(WORDS, ranking().width()));
    tables.add(new RowTable(DOCUMENTS + WORDS, ranking().width()));
    tables.add(new RowTable(WEIGHTS, 1));
    tables.add(new RowTable(FREQUENCIES, 1));
    additions().forEach(slot -> tables.add(new RowTable(slot.name(), 1)));
    return new ModelState(zeros(), tables);
  }

  /** Tensors of zeros. */
  public List<Tensor> zeros() {
    return tensors.stream().map(spec -> Tensor.zeros(spec.name(), spec.dimensions())).toList();
  }

  /** The tokens of an example's query, without masks. */
  public long[] queryTokens(EncodedExample example) {
    return joined(example, true);
  }

  /** The tokens of an example's query, masks included; empty where it has no query. */
  public long[] query(EncodedExample example) {
    return query(queryTokens(example));
  }

  /** As {@link #query(EncodedExample)}, of the query's own tokens. */
  public long[] query(long[] tokens) {
    int count = Tokens.count(tokens);
    if (count == 0 || count >= masks.length) {
      return tokens;
    }
    long[] filled = Arrays.copyOf(tokens, tokens.length + 2 * (masks.length - count));
    for (int i = count, at = tokens.length; i < masks.length; i++, at += 2) {
      filled[at] = masks[i];
      filled[at + 1] = Ids.SHARED;
    }
    return filled;
  }

  /** The tokens of an example's document; empty where its text is missing. */
  public long[] document(EncodedExample example) {
    return joined(example, false);
  }

  /**
   * What a row must hold for a word to be read as {@code vector}, which has length 1, in the place
   * of its hashed vector.
   */
  public float[] offset(long id, float[] vector) {
    float[] offset = new float[vector.length];
    HashedSigns.addTo(HashedSigns.key(settings.seed(), id), -1, offset, 0, offset.length);
    float length = (float) Math.sqrt(vector.length);
    for (int i = 0; i < offset.length; i++) {
      offset[i] = Math.fma(length, vector[i], offset[i]);
    }
    return offset;
  }

  /** Whether a token stands for no word. */
  boolean isMask(long id) {
    for (long mask : masks) {
      if (mask == id) {
        return true;
      }
    }
    return false;
  }

  /** What stands before the tokens of a text where an encoder reads it. */
  static long marker(boolean document) {
    return document ? MARKER_DOCUMENT : MARKER_QUERY;
  }

  private long[] joined(EncodedExample example, boolean ofQuery) {
    long[] joined = null;
    for (int t = 0; t < layout.tokens().size(); t++) {
      if (layout.tokens().get(t).ofQuery() == ofQuery) {
        long[] next = example.tokens()[t];
        if (joined == null) {
          joined = next;
        } else if (next.length > 0) {
          int before = joined.length;
          joined = Arrays.copyOf(joined, before + next.length);
          System.arraycopy(next, 0, joined, before, next.length);
        }
      }
    }
    return joined == null ? new long[0] : joined;
  }
}
