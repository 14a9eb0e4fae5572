package dev.flatness.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.random.Seed;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** The checks that several contract suites make of a symmetric operator, and their arithmetic. */
final class OperatorChecks {
  private OperatorChecks() {}

  /** A (a x + b y) = a A x + b A y, relative to the sizes of the two terms. */
  public static void assertLinear(SymmetricOperator operator, double rounding) {
    double[] x = normals("x", operator.dimension());
    double[] y = normals("y", operator.dimension());
    double a = 1.75;
    double b = -0.3;
    double[] sum = operator.apply(combination(a, x, b, y));
    double[] ofX = operator.apply(x);
    double[] ofY = operator.apply(y);
    double size = Math.abs(a) * norm(ofX) + Math.abs(b) * norm(ofY);
    assertClose(sum, combination(a, ofX, b, ofY), rounding * size);
  }

  /** yᵀ A x = xᵀ A y, relative to the sizes of the vectors. */
  public static void assertSymmetric(SymmetricOperator operator, double rounding) {
    double[] x = normals("x", operator.dimension());
    double[] y = normals("y", operator.dimension());
    double[] ofX = operator.apply(x);
    double[] ofY = operator.apply(y);
    double size = norm(ofX) * norm(y) + norm(ofY) * norm(x);
    assertThat(dot(y, ofX) - dot(x, ofY))
        .as("y'Ax = %s and x'Ay = %s", dot(y, ofX), dot(x, ofY))
        .isBetween(-rounding * size, rounding * size);
  }

  /** The entries differ by at most a number. */
  public static void assertClose(double[] actual, double[] expected, double most) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i])
          .as("entry %d", i)
          .isBetween(expected[i] - most, Double.valueOf(expected[i] + most));
    }
  }

  /** Standard Gaussian numbers, the same for the same name. */
  public static double[] normals(String name, int length) {
    RandomGenerator generator = Seed.of(7).split(name).generator();
    double[] values = new double[length];
    Arrays.setAll(values, i -> generator.nextGaussian());
    return values;
  }

  /** a x + b y. */
  public static double[] combination(double a, double[] x, double b, double[] y) {
    double[] sum = new double[x.length];
    Arrays.setAll(sum, i -> a * x[i] + b * y[i]);
    return sum;
  }

  /** xᵀ y. */
  public static double dot(double[] x, double[] y) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += x[i] * y[i];
    }
    return sum;
  }

  /** The 2-norm. */
  public static double norm(double[] x) {
    return Math.sqrt(dot(x, x));
  }
}
