package io.freshet.scoring.colbert;

import io.freshet.scoring.ctr.InitialValues;
import io.freshet.scoring.ctr.TensorSpec;
import io.freshet.scoring.ctr.TensorSpec.Role;
import io.freshet.scoring.settings.RankingSettings;
import java.util.List;

/**
 * The tensors of the encoder that lets the tokens of a text see each other. Both of its residual
 * branches end in a matrix that starts as zeros, so that it starts as the identity.
 */
final class ContextSpecs {

  static final String QUERY = "context.Q";
  static final String KEY = "context.K";
  static final String VALUE = "context.V";
  static final String OUT = "context.O";

  /** [2·FAR + 1] added to attention's logits by the distance of two tokens. */
  static final String NEAR = "context.near";

  static final String W1 = "context.W1";
  static final String B1 = "context.b1";
  static final String W2 = "context.W2";
  static final String B2 = "context.b2";

  private ContextSpecs() {}

  static List<TensorSpec> of(RankingSettings ranking) {
    int d = ranking.width();
    int hidden = ranking.context();
    if (hidden == 0) {
      return List.of();
    }
    InitialValues square = InitialValues.Normal.glorot(d, d);
    InitialValues zero = new InitialValues.Constant(0);
    return List.of(
        spec(QUERY, square, d, d),
        spec(KEY, square, d, d),
        spec(VALUE, square, d, d),
        spec(OUT, zero, d, d),
        spec(NEAR, zero, 2 * ColbertShape.FAR + 1),
        spec(W1, InitialValues.Normal.glorot(d, hidden), d, hidden),
        spec(B1, zero, hidden),
        spec(W2, zero, hidden, d),
        spec(B2, zero, d));
  }

  static TensorSpec spec(String name, InitialValues initial, Integer... shape) {
    return new TensorSpec(name, List.of(shape), Role.TRAINABLE, initial);
  }
}
