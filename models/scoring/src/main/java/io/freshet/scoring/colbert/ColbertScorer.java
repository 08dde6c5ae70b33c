package io.freshet.scoring.colbert;

import io.freshet.scoring.Scorer;
import io.freshet.scoring.feature.EncodedExample;
import io.freshet.scoring.feature.FeatureLayout.IdSlot;
import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.kernel.FloatMath;
import io.freshet.scoring.kernel.Kernels;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Scores a document for a query: logit = scale·match + offset + sum of the rows of crosses and
 * biases. Documents' vectors are kept while the document side stays what it is.
 */
public final class ColbertScorer implements Scorer {

  private static final float[] NO_COUNTERS = {};

  private final ColbertShape shape;
  private final LateInteraction texts;
  private final DocumentCache cache = new DocumentCache();
  private final List<RowTable> additions;
  private final float[] calibration;

  ColbertScorer(ColbertShape shape, ModelState state, Kernels kernels) {
    this.shape = shape;
    this.texts = new LateInteraction(shape, state, kernels);
    this.additions = shape.additions().stream().map(IdSlot::name).map(state::table).toList();
    this.calibration = state.tensor(ColbertShape.CALIBRATION).data();
  }

  /** The vectors of a document, [tokens][width], from memory where they are good. */
  public float[] vectors(long[] document) {
    return cache.get(texts.generation(), document, texts::document);
  }

  /** What the state holds, and which part of an example is what. */
  public ColbertShape shape() {
    return shape;
  }

  /** The model, taken apart. */
  public LateInteraction texts() {
    return texts;
  }

  @Override
  public float logit(EncodedExample example) {
    texts.meet(texts.query(shape.query(example)));
    return ofMetQuery(example);
  }

  @Override
  public float logit(EncodedExample example, float[] counters) {
    return logit(example);
  }

  @Override
  public void logits(EncodedExample[] candidates, float[] out) {
    long @Nullable [] met = null;
    for (int i = 0; i < candidates.length; i++) {
      long[] query = shape.query(candidates[i]);
      if (!Arrays.equals(query, met)) {
        texts.meet(texts.query(query));
        met = query;
      }
      out[i] = ofMetQuery(candidates[i]);
    }
  }

  private float ofMetQuery(EncodedExample example) {
    float[] document = vectors(shape.document(example));
    return logit(texts.match(document, 0, document.length / texts.width()), example);
  }

  /**
   * The logit of a match, with what the example's crosses and biases add; its texts are not read.
   */
  public float logit(float match, EncodedExample example) {
    float logit = texts.logit(match);
    long[] ids = ColbertShape.additions(example);
    for (int a = 0; a < ids.length; a++) {
      logit += addition(additions.get(a), ids[a]);
    }
    return logit;
  }

  /** Of an id without a row the table's shared one, of a state without any row nothing. */
  private static float addition(RowTable table, long id) {
    int row = table.find(id);
    row = row < 0 ? table.find(Ids.SHARED) : row;
    return row < 0 ? 0 : table.values(row)[table.valueOffset(row)];
  }

  @Override
  public float calibrate(float logit) {
    return FloatMath.sigmoid(Math.fma(calibration[0], logit, calibration[1]));
  }

  @Override
  public float[] counters(EncodedExample example) {
    return NO_COUNTERS;
  }
}
