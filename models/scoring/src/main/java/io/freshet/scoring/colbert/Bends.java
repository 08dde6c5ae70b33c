package io.freshet.scoring.colbert;

import io.freshet.scoring.kernel.FloatMath;
import io.freshet.scoring.settings.RankingSettings.Bend;

/**
 * Activations of a projection's hidden units and their derivatives. GELU is its tanh form (arXiv
 * 1606.08415): x·sigmoid(1.5957691·(x + 0.044715·x³)).
 */
public enum Bends {
  IDENTITY {
    @Override
    public float at(float x) {
      return x;
    }

    @Override
    public float slope(float x) {
      return 1;
    }
  },
  RELU {
    @Override
    public float at(float x) {
      return x > 0 ? x : 0;
    }

    @Override
    public float slope(float x) {
      return x > 0 ? 1 : 0;
    }
  },
  GELU {
    @Override
    public float at(float x) {
      return x * FloatMath.sigmoid(inner(x));
    }

    @Override
    public float slope(float x) {
      float gate = FloatMath.sigmoid(inner(x));
      return gate + x * gate * (1 - gate) * SCALE * (1 + 3 * CUBE * x * x);
    }

    private static float inner(float x) {
      return SCALE * (x + CUBE * x * x * x);
    }
  },
  SILU {
    @Override
    public float at(float x) {
      return x * FloatMath.sigmoid(x);
    }

    @Override
    public float slope(float x) {
      float gate = FloatMath.sigmoid(x);
      return gate + x * gate * (1 - gate);
    }
  },
  SIGMOID {
    @Override
    public float at(float x) {
      return FloatMath.sigmoid(x);
    }

    @Override
    public float slope(float x) {
      float gate = FloatMath.sigmoid(x);
      return gate * (1 - gate);
    }
  };

  private static final float SCALE = 1.5957691f;
  private static final float CUBE = 0.044715f;

  public static Bends of(Bend bend) {
    return valueOf(bend.name());
  }

  public abstract float at(float x);

  /** The derivative. */
  public abstract float slope(float x);
}
