package io.freshet.scoring.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Both implementations give the same bits, and those are the right numbers. */
final class KernelsTest {

  private static final Kernels VECTOR = new VectorKernels();
  private static final Kernels PLAIN = Kernels.plain();

  @Test
  void vectorKernelsAreChosenWhereTheModuleIs() {
    assertThat(ModuleLayer.boot().findModule("jdk.incubator.vector")).isPresent();
    assertThat(Kernels.best().name())
        .isEqualTo(VectorKernels.worthwhile() ? VECTOR.name() : PLAIN.name());
  }

  @Test
  void productsOfAnyShapeHaveTheSameBits() {
    Random random = new Random(1);
    for (int round = 0; round < 400; round++) {
      Product product = new Product(random);
      float[] vector = product.run(VECTOR);
      assertThat(vector).as("%s", product).isEqualTo(product.run(PLAIN));
      product.assertRight(vector);
    }
  }

  @Test
  void productsWriteNothingBesideTheirColumns() {
    Random random = new Random(2);
    for (int round = 0; round < 200; round++) {
      Product product = new Product(random);
      for (Kernels kernels : new Kernels[] {PLAIN, VECTOR}) {
        product.assertUntouched(product.run(kernels));
      }
    }
  }

  @Test
  void rowsScaleByTheirFactor() {
    Random random = new Random(3);
    for (int round = 0; round < 100; round++) {
      int rows = 1 + random.nextInt(40);
      int columns = 1 + random.nextInt(90);
      float[] q = floats(random, rows + 3, 1);
      float[] p = floats(random, rows * columns + 5, 1);
      float[] base = floats(random, rows * columns, 1);
      float[] vector = new float[rows * columns];
      float[] plain = new float[rows * columns];
      VECTOR.scaleRowsAdd(rows, columns, q, 3, p, 5, base, vector);
      PLAIN.scaleRowsAdd(rows, columns, q, 3, p, 5, base, plain);
      assertThat(vector).isEqualTo(plain);
      int r = rows - 1;
      int last = rows * columns - 1;
      assertThat(plain[last]).isEqualTo(Math.fma(q[3 + r], p[5 + last], base[last]));
    }
  }

  @Test
  void projectionsOfManyRowsEqualThoseOfOne() {
    Random random = new Random(4);
    int inner = 40;
    float[] a = floats(random, 100 * 48, 1);
    float[] w = floats(random, inner, 1);
    for (int rows = 0; rows < 30; rows++) {
      float[] many = new float[rows + 1];
      PLAIN.project(rows, inner, a, 7, 48, w, 0.3f, many, 1);
      for (int r = 0; r < rows; r++) {
        float[] one = new float[1];
        VECTOR.project(1, inner, a, 7 + r * 48, 48, w, 0.3f, one, 0);
        assertThat(many[1 + r]).isEqualTo(one[0]);
        float sum = 0.3f;
        for (int k = 0; k < inner; k++) {
          sum = Math.fma(a[7 + r * 48 + k], w[k], sum);
        }
        assertThat(one[0]).isEqualTo(sum);
      }
    }
  }

  @Test
  void activationsHaveTheSameBits() {
    Random random = new Random(5);
    int rows = 7;
    int pitch = 48;
    float[] alpha = floats(random, pitch, 0.5f);
    float[] mean = floats(random, pitch, 1);
    float[] scale = floats(random, pitch, 3);
    float[] x = floats(random, 11 + rows * pitch, 30);
    x[12] = 0f;
    x[13] = -0f;
    x[14] = Float.MIN_VALUE;
    x[15] = 1000f;
    x[16] = -1000f;
    sameBits(x, (kernels, y) -> kernels.sigmoid(y, 11, rows * pitch));
    sameBits(x, (kernels, y) -> kernels.relu(y, 11, rows * pitch));
    sameBits(x, (kernels, y) -> kernels.prelu(y, 11, rows, pitch, alpha));
    sameBits(x, (kernels, y) -> kernels.dice(y, 11, rows, pitch, mean, scale, alpha));
    for (int count = 0; count < 60; count++) {
      int n = count;
      sameBits(x, (kernels, y) -> kernels.softmax(y, 11, n));
    }
  }

  @Test
  void activationsAreTheirFormulas() {
    float[] alpha = new float[16];
    float[] mean = new float[16];
    float[] scale = new float[16];
    Arrays.fill(alpha, 0.25f);
    Arrays.fill(mean, 0.5f);
    Arrays.fill(scale, 2f);
    float[] x = new float[16];
    for (int i = 0; i < 16; i++) {
      x[i] = i - 8;
    }
    for (Kernels kernels : new Kernels[] {PLAIN, VECTOR}) {
      float[] prelu = applied(x, y -> kernels.prelu(y, 0, 1, 16, alpha));
      float[] relu = applied(x, y -> kernels.relu(y, 0, 16));
      float[] dice = applied(x, y -> kernels.dice(y, 0, 1, 16, mean, scale, alpha));
      for (int i = 0; i < 16; i++) {
        double s = x[i];
        double p = 1 / (1 + Math.exp(-(s - 0.5) * 2));
        assertThat(prelu[i]).isEqualTo((float) (s > 0 ? s : 0.25 * s));
        assertThat(relu[i]).isEqualTo((float) Math.max(s, 0));
        assertThat((double) dice[i])
            .isCloseTo(p * s + (1 - p) * 0.25 * s, within(1e-6 * (1 + Math.abs(s))));
      }
    }
  }

  @Test
  void softmaxSumsToOneAndIgnoresAConstant() {
    float[] x = {1000f, 999f, 998f};
    PLAIN.softmax(x, 0, 3);
    assertThat(x[0] + x[1] + x[2]).isCloseTo(1f, within(1e-6f));
    assertThat((double) x[0]).isCloseTo(0.66524096, within(1e-6));
  }

  @Test
  void damageStaysVisible() {
    for (Kernels kernels : new Kernels[] {PLAIN, VECTOR}) {
      float[] x = new float[16];
      x[3] = Float.NaN;
      float[] one = new float[16];
      assertThat(applied(x, y -> kernels.sigmoid(y, 0, 16))[3]).isNaN();
      assertThat(applied(x, y -> kernels.relu(y, 0, 16))[3]).isNaN();
      assertThat(applied(x, y -> kernels.prelu(y, 0, 1, 16, one))[3]).isNaN();
      assertThat(applied(x, y -> kernels.dice(y, 0, 1, 16, one, one, one))[3]).isNaN();
      assertThat(applied(x, y -> kernels.softmax(y, 0, 5))).contains(Float.NaN);
    }
  }

  private interface Activation {
    void run(Kernels kernels, float[] x);
  }

  private static void sameBits(float[] x, Activation activation) {
    int[] vector = bits(applied(x, y -> activation.run(VECTOR, y)));
    int[] plain = bits(applied(x, y -> activation.run(PLAIN, y)));
    assertThat(vector).isEqualTo(plain);
  }

  private static float[] applied(float[] x, Consumer<float[]> change) {
    float[] y = x.clone();
    change.accept(y);
    return y;
  }

  private static int[] bits(float[] x) {
    int[] bits = new int[x.length];
    for (int i = 0; i < x.length; i++) {
      bits[i] = Float.floatToRawIntBits(x[i]);
    }
    return bits;
  }

  static float[] floats(Random random, int count, float scale) {
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] = scale * (float) random.nextGaussian();
    }
    return x;
  }

  /** One random product, with gaps around and between everything. */
  private static final class Product {
    private static final float GAP = 12345f;
    private final int rows;
    private final int inner;
    private final int columns;
    private final int aPitch;
    private final int wPitch;
    private final int cPitch;
    private final float[] a;
    private final float[] w;
    private final float[] bias;

    Product(Random random) {
      rows = random.nextInt(24);
      inner = random.nextInt(40);
      columns = 1 + random.nextInt(140);
      aPitch = inner + random.nextInt(4);
      wPitch = columns + random.nextInt(4);
      cPitch = columns + random.nextInt(20);
      a = floats(random, 2 + rows * aPitch, 1);
      w = floats(random, 3 + inner * wPitch, 1);
      bias = floats(random, 4 + columns, 1);
    }

    float[] run(Kernels kernels) {
      float[] c = new float[5 + rows * cPitch + 20];
      Arrays.fill(c, GAP);
      kernels.affine(rows, inner, columns, a, 2, aPitch, w, 3, wPitch, bias, 4, c, 5, cPitch);
      return c;
    }

    void assertRight(float[] c) {
      for (int r = 0; r < rows; r++) {
        for (int j = 0; j < columns; j++) {
          float sum = bias[4 + j];
          for (int k = 0; k < inner; k++) {
            sum = Math.fma(a[2 + r * aPitch + k], w[3 + k * wPitch + j], sum);
          }
          assertThat(c[5 + r * cPitch + j]).isEqualTo(sum);
        }
      }
    }

    void assertUntouched(float[] c) {
      for (int i = 0; i < c.length; i++) {
        int at = i - 5;
        boolean inside = at >= 0 && at / cPitch < rows && at % cPitch < columns;
        if (!inside) {
          assertThat(c[i]).as("%s, at %d", this, i).isEqualTo(GAP);
        }
      }
    }

    @Override
    public String toString() {
      return "[%d, %d] x [%d, %d]".formatted(rows, inner, inner, columns);
    }
  }
}
