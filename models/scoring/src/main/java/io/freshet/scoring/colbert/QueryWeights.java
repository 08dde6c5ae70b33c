package io.freshet.scoring.colbert;

import io.freshet.scoring.feature.Ids;
import io.freshet.scoring.kernel.FloatMath;
import io.freshet.scoring.state.ModelState;
import io.freshet.scoring.state.RowTable;

/**
 * What each token of a query counts: w = idf(word)·exp(θ(word)), idf = ln(1 + (N − n + ½)/(n + ½))
 * with n of N distinct documents that hold the word, θ learnt and 0 at first. A mask, which stands
 * for no word, starts from {@value #MASK}.
 */
public final class QueryWeights {

  private static final float MASK = 0.05f;

  /** Learning moves a weight by at most e to this. */
  private static final float LARGEST = 4;

  private final ColbertShape shape;
  private final float[] count;
  private final RowTable frequencies;
  private final RowTable learnt;

  public QueryWeights(ColbertShape shape, ModelState state) {
    this.shape = shape;
    this.count = state.tensor(ColbertShape.COUNT).data();
    this.frequencies = state.table(ColbertShape.FREQUENCIES);
    this.learnt = state.table(ColbertShape.WEIGHTS);
  }

  /**
   * Writes the weight of every token of a query.
   *
   * @return their sum
   */
  public float write(long[] tokens, float[] weights) {
    float sum = 0;
    int token = 0;
    boolean head = true;
    for (long id : tokens) {
      if (head) {
        weights[token] = weight(id);
        sum += weights[token++];
      }
      head = id == Ids.SHARED;
    }
    return sum;
  }

  private float weight(long id) {
    float start = shape.isMask(id) ? MASK : idf(id);
    return start * FloatMath.exp(cut(theta(id)));
  }

  /** What learning made of a word, within its limits or not. */
  private float theta(long id) {
    int row = learnt.find(id);
    return row < 0 ? 0 : learnt.values(row)[learnt.valueOffset(row)];
  }

  /** Whether a step on θ in the direction of {@code gradient} leads anywhere. */
  public boolean moves(long id, float gradient) {
    float theta = theta(id);
    return gradient > 0 ? theta > -LARGEST : theta < LARGEST;
  }

  private static float cut(float theta) {
    return Math.max(-LARGEST, Math.min(LARGEST, theta));
  }

  private float idf(long id) {
    int row = frequencies.find(id);
    float n = row < 0 ? 0 : frequencies.values(row)[frequencies.valueOffset(row)];
    float documents = Math.max(count[0], n);
    return FloatMath.ln(1 + (documents - n + 0.5f) / (n + 0.5f));
  }
}
