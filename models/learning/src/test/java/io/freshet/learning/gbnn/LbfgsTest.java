package io.freshet.learning.gbnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LbfgsTest {

  private static double rosenbrock(double[] x, double[] gradient) {
    double value = 0;
    Arrays.fill(gradient, 0);
    for (int i = 0; i + 1 < x.length; i++) {
      double a = x[i + 1] - x[i] * x[i];
      double b = 1 - x[i];
      value += 100 * a * a + b * b;
      gradient[i] += -400 * x[i] * a - 2 * b;
      gradient[i + 1] += 200 * a;
    }
    return value;
  }

  @Test
  void rosenbrocksCurvedValleyIsFollowedToItsMinimum() {
    double[] x = {-1.2, 1, -1.2, 1, -1.2, 1, -1.2, 1};
    Lbfgs.Result result = new Lbfgs(500, 1e-8, 0).minimise(LbfgsTest::rosenbrock, x);
    assertThat(result.converged()).isTrue();
    assertThat(result.iterations()).isLessThan(150);
    assertThat(x).containsExactly(new double[] {1, 1, 1, 1, 1, 1, 1, 1}, within(1e-6));
  }

  /** The solution of a linear system by elimination shares nothing with the minimiser. */
  @Test
  void aQuadraticsMinimumSolvesItsLinearSystem() {
    double[][] a = {{4, 1, 0.5}, {1, 3, -1}, {0.5, -1, 50}};
    double[] solution = {0.25, -2, 1.5};
    double[] x = new double[3];
    Lbfgs.Result result =
        new Lbfgs(100, 1e-10, 0)
            .minimise(
                (at, gradient) -> {
                  double value = 0;
                  for (int i = 0; i < 3; i++) {
                    gradient[i] = 0;
                    for (int j = 0; j < 3; j++) {
                      gradient[i] += a[i][j] * (at[j] - solution[j]);
                    }
                    value += gradient[i] * (at[i] - solution[i]) / 2;
                  }
                  return value;
                },
                x);
    assertThat(result.converged()).isTrue();
    assertThat(x).containsExactly(solution, within(1e-8));
  }

  @Test
  void aValueThatHardlyFallsAnyMoreEndsTheSearch() {
    double[] x = {-1.2, 1};
    Lbfgs.Result result = new Lbfgs(500, 0, 1e-5).minimise(LbfgsTest::rosenbrock, x);
    assertThat(result.converged()).isTrue();
    assertThat(result.value()).isBetween(1e-25, 1e-3);
  }

  @Test
  void fewIterationsLeaveALowerValueThanTheStart() {
    double[] x = {-1.2, 1};
    double start = rosenbrock(x, new double[2]);
    Lbfgs.Result result = new Lbfgs(3, 1e-8, 0).minimise(LbfgsTest::rosenbrock, x);
    assertThat(result.converged()).isFalse();
    assertThat(result.iterations()).isEqualTo(3);
    assertThat(result.value()).isLessThan(start).isEqualTo(rosenbrock(x, new double[2]));
  }

  @Test
  void aFunctionThatIsNotANumberFartherOutIsMinimisedWhereItIs() {
    double[] x = {0.9};
    new Lbfgs(100, 1e-9, 0)
        .minimise(
            (at, gradient) -> {
              gradient[0] = 1 - 0.1 / at[0];
              return at[0] > 0 ? at[0] - 0.1 * Math.log(at[0]) : Double.NaN;
            },
            x);
    assertThat(x[0]).isCloseTo(0.1, within(1e-6));
  }
}
