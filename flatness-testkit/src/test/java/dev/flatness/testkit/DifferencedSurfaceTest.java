package dev.flatness.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flatness.coordinates.LogMagnitude;
import dev.flatness.coordinates.PulledBackSurface;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.loss.SquaredError;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.DifferencedSurface;
import dev.flatness.surface.GradientFunction;
import dev.flatness.surface.LossSurface;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.ParameterSet;
import dev.flatness.surface.ProductError;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Precision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Products by differences of gradients: what they state is what they are wrong by. */
class DifferencedSurfaceTest {
  private static final int FUNCTIONS = 40;

  /** A function with its Hessian and a gradient that may be less exact. */
  private record Case(LossSurface exact, GradientFunction gradient, double[] theta) {
    DifferencedSurface differenced() {
      return DifferencedSurface.of(theta.length, gradient);
    }
  }

  private interface Family {
    Case draw(Seed seed);
  }

  /** Products of random vectors, unit vectors, the gradient and an eigenvector. */
  private static List<double[]> directions(Case drawn, Seed seed) {
    int n = drawn.theta.length;
    RandomGenerator random = seed.generator();
    List<double[]> all = new ArrayList<>();
    for (int k = 0; k < 3; k++) {
      all.add(random.doubles(n, -1, 1).toArray());
      double[] unit = new double[n];
      unit[random.nextInt(n)] = 1;
      all.add(unit);
    }
    double[] top = all.get(0);
    SymmetricOperator hessian = drawn.exact.hessian(drawn.theta);
    for (int k = 0; k < 20; k++) {
      double[] image = hessian.apply(top);
      double norm = OperatorChecks.norm(image);
      top = norm == 0 ? top : OperatorChecks.combination(1 / norm, image, 0, image);
    }
    all.add(top);
    double[] gradient = new double[n];
    drawn.exact.valueAndGradient(drawn.theta, gradient);
    all.add(gradient);
    return all;
  }

  /**
   * Of all products of a family 98 % are as right as stated, and the bound is of use. Smooth
   * networks pool by maxima: a direction that crosses a kink which the probes did not see is among
   * the others.
   */
  private static void assertStated(String name, Family family, double median, double typical) {
    int right = 0;
    int all = 0;
    List<Double> ratios = new ArrayList<>();
    List<Double> stated = new ArrayList<>();
    for (int f = 0; f < FUNCTIONS; f++) {
      Seed seed = Seed.of(8).split(name).split(f);
      Case drawn = family.draw(seed);
      DifferencedSurface surface = drawn.differenced();
      ProductError error = surface.productError(drawn.theta);
      SymmetricOperator differences = surface.hessian(drawn.theta);
      assertThat(differences.error()).isEqualTo(error.bound());
      SymmetricOperator hessian = drawn.exact.hessian(drawn.theta);
      double norm = 0;
      double worst = 0;
      for (double[] v : directions(drawn, seed.split("directions"))) {
        double length = OperatorChecks.norm(v);
        if (length == 0) {
          continue;
        }
        double[] exact = hessian.apply(v);
        double[] found = differences.apply(v);
        double wrong =
            OperatorChecks.norm(OperatorChecks.combination(1, found, -1, exact)) / length;
        // What the exact product is wrong by itself.
        double rounding = 1e-14 * OperatorChecks.norm(exact) / length;
        right += wrong <= error.bound() + rounding ? 1 : 0;
        all++;
        worst = Math.max(worst, wrong);
        norm = Math.max(norm, OperatorChecks.norm(exact) / length);
      }
      ratios.add(error.bound() / worst);
      stated.add(error.bound() / norm);
    }
    assertThat(right / (double) all)
        .as(name + ": share of products within the bound")
        .isGreaterThanOrEqualTo(0.98);
    assertThat(middle(ratios)).as(name + ": stated over worst").isLessThan(median);
    assertThat(middle(stated)).as(name + ": stated, relative").isLessThan(typical);
  }

  private static double middle(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  private static double[] floats(double[] values) {
    return Arrays.stream(values).map(x -> (float) x).toArray();
  }

  /** As a framework in float32 sees a function: parameters and gradient are floats. */
  private static GradientFunction inFloats(LossSurface exact) {
    return (theta, gradient) -> {
      double loss = exact.valueAndGradient(floats(theta), gradient);
      System.arraycopy(floats(gradient), 0, gradient, 0, gradient.length);
      return (float) loss;
    };
  }

  private static NetworkSurface network(boolean smooth, Precision precision, Seed seed) {
    Network network =
        RandomNetworks.withDefaults().withSmoothActivations(smooth).draw(seed.split("network"));
    return NetworkSurface.of(
        network,
        RandomDatasets.real(network, 9, seed.split("data")),
        SquaredError.summed(),
        SurfaceOptions.withDefaults().withPrecision(precision));
  }

  private static Case ofNetwork(boolean smooth, Seed seed, boolean floats) {
    NetworkSurface exact = network(smooth, Precision.FLOAT64, seed);
    GradientFunction gradient =
        floats
            ? network(smooth, Precision.FLOAT32, seed)::valueAndGradient
            : exact::valueAndGradient;
    return new Case(exact, gradient, exact.network().parameterVector());
  }

  /** ½ (θ − c)ᵀ A (θ − c), A of a condition up to 10⁸, at parameters of many sizes. */
  private static LossSurface quadratic(Seed seed, double[] theta) {
    int n = theta.length;
    RandomGenerator random = seed.generator();
    double[][] factor = new double[n][n];
    double[] centre = new double[n];
    for (int i = 0; i < n; i++) {
      double scale = Math.pow(10, -4 * random.nextDouble());
      for (int j = 0; j < n; j++) {
        factor[i][j] = scale * random.nextGaussian();
      }
      centre[i] = random.nextGaussian();
      theta[i] = random.nextGaussian() * Math.pow(10, 2 * random.nextDouble() - 1);
    }
    return LossSurface.of(
        n,
        (point, gradient) -> {
          double[] apart = OperatorChecks.combination(1, point, -1, centre);
          double[] image = square(factor, apart);
          System.arraycopy(image, 0, gradient, 0, n);
          return OperatorChecks.dot(apart, image) / 2;
        },
        (point, v) -> square(factor, v));
  }

  /** FᵀF v. */
  private static double[] square(double[][] factor, double[] v) {
    double[] image = new double[v.length];
    for (double[] row : factor) {
      double along = OperatorChecks.dot(row, v);
      for (int i = 0; i < v.length; i++) {
        image[i] += along * row[i];
      }
    }
    return image;
  }

  private static Case ofQuadratic(Seed seed, boolean floats) {
    double[] theta = new double[1 + seed.split("n").generator().nextInt(40)];
    LossSurface exact = quadratic(seed, theta);
    return new Case(exact, floats ? inFloats(exact) : exact::valueAndGradient, theta);
  }

  /** Σ exp(c_i θ_i) with c_i from 10⁻² to 10²: its scale differs from entry to entry. */
  private static Case ofExponentials(Seed seed, boolean floats) {
    int n = 1 + seed.split("n").generator().nextInt(20);
    RandomGenerator random = seed.generator();
    double[] c = new double[n];
    double[] theta = new double[n];
    for (int i = 0; i < n; i++) {
      c[i] = Math.pow(10, 4 * random.nextDouble() - 2);
      theta[i] = random.nextGaussian() / c[i];
    }
    LossSurface exact =
        LossSurface.of(
            n,
            (point, gradient) -> {
              double sum = 0;
              for (int i = 0; i < n; i++) {
                double e = Math.exp(c[i] * point[i]);
                gradient[i] = c[i] * e;
                sum += e;
              }
              return sum;
            },
            (point, v) -> {
              double[] product = new double[n];
              for (int i = 0; i < n; i++) {
                product[i] = c[i] * c[i] * Math.exp(c[i] * point[i]) * v[i];
              }
              return product;
            });
    return new Case(exact, floats ? inFloats(exact) : exact::valueAndGradient, theta);
  }

  @Test
  void smoothNetworksAreAsRightAsStated() {
    assertStated("smooth", seed -> ofNetwork(true, seed, false), 10, 1e-9);
    assertStated("smooth, float32", seed -> ofNetwork(true, seed, true), 10, 2e-3);
    assertStated(
        "smooth, rounded to floats",
        seed -> {
          NetworkSurface exact = network(true, Precision.FLOAT64, seed);
          return new Case(exact, inFloats(exact), exact.network().parameterVector());
        },
        10,
        2e-3);
  }

  @Test
  void quadraticFunctionsAreAsRightAsStated() {
    assertStated("quadratic", seed -> ofQuadratic(seed, false), 10, 1e-9);
    assertStated("quadratic, floats", seed -> ofQuadratic(seed, true), 10, 1e-3);
  }

  @Test
  void badlyScaledFunctionsAreAsRightAsStated() {
    assertStated("exponentials", seed -> ofExponentials(seed, false), 10, 1e-9);
    assertStated("exponentials, floats", seed -> ofExponentials(seed, true), 10, 1e-3);
  }

  /** Between kinks the step is small, and the noise that it costs is stated. */
  @Test
  void reluNetworksAreAsRightAsStatedWhereStepsCrossNoKink() {
    assertStated("relu", seed -> ofNetwork(false, seed, false), 10, 1e-9);
    assertStated("relu, float32", seed -> ofNetwork(false, seed, true), 10, 2e-3);
  }

  @Nested
  class OfASmoothNetwork extends LossSurfaceContract {
    private final Case drawn = ofNetwork(true, Seed.of(3), false);

    @Override
    protected LossSurface surface() {
      return drawn.differenced();
    }

    @Override
    protected double[] point() {
      return drawn.theta.clone();
    }

    /** Three products in two equations, each as wrong as stated; relative to theirs of x and y. */
    @Override
    protected double rounding() {
      SymmetricOperator hessian = surface().hessian(point());
      double most = 0;
      for (String name : List.of("x", "y")) {
        double[] v = OperatorChecks.normals(name, hessian.dimension());
        most = Math.max(most, OperatorChecks.norm(v) / OperatorChecks.norm(hessian.apply(v)));
      }
      return 2 * hessian.error() * most;
    }
  }

  @Test
  void aProductTakesTwoGradientsOrFourAndAPointAHundred() {
    Case drawn = ofNetwork(true, Seed.of(5), false);
    int[] calls = {0};
    DifferencedSurface surface =
        DifferencedSurface.of(
            drawn.theta.length,
            (theta, gradient) -> {
              calls[0]++;
              return drawn.gradient.valueAndGradient(theta, gradient);
            });
    SymmetricOperator hessian = surface.hessian(drawn.theta);
    assertThat(calls[0]).as("nothing before the first question").isZero();
    ProductError error = surface.productError(drawn.theta);
    assertThat(calls[0]).isBetween(20, 200);
    int before = calls[0];
    hessian.apply(new double[][] {drawn.theta, drawn.theta}, new double[2][drawn.theta.length]);
    assertThat(calls[0] - before).isEqualTo(2 * error.order());
    assertThat(surface.productError(drawn.theta.clone())).isSameAs(error);
  }

  @Test
  void theSamePointHasTheSameStep() {
    Case drawn = ofNetwork(true, Seed.of(6), true);
    assertThat(drawn.differenced().productError(drawn.theta))
        .isEqualTo(drawn.differenced().productError(drawn.theta));
  }

  @Test
  void theStatedNoiseIsTakenWhereItIsGiven() {
    Case drawn = ofQuadratic(Seed.of(7), false);
    ProductError error = drawn.differenced().withGradientNoise(1e-3).productError(drawn.theta);
    assertThat(error.gradientNoise()).isEqualTo(1e-3);
    assertThat(error.noise()).isGreaterThan(1e-3 / error.step());
    assertThatThrownBy(() -> drawn.differenced().withGradientNoise(0))
        .hasMessage("the noise of the gradient is 0.0, expected a positive number");
  }

  @Test
  void theNoiseOfAGradientIsMeasured() {
    for (double deviation : new double[] {1e-9, 1e-5, 1e-2}) {
      Case drawn = ofNetwork(true, Seed.of(9), false);
      RandomGenerator random = Seed.of(10).generator();
      int n = drawn.theta.length;
      DifferencedSurface noisy =
          DifferencedSurface.of(
              n,
              (theta, gradient) -> {
                double loss = drawn.gradient.valueAndGradient(theta, gradient);
                for (int i = 0; i < n; i++) {
                  gradient[i] += deviation * random.nextGaussian() / Math.sqrt(n);
                }
                return loss;
              });
      assertThat(noisy.productError(drawn.theta).gradientNoise())
          .isBetween(deviation / 2, deviation * 2);
    }
  }

  /** In coordinates the differences are those of the gradient there. */
  @Test
  void coordinatesHaveAnErrorOfTheirOwn() {
    Case drawn = ofNetwork(true, Seed.of(11), false);
    LogMagnitude logarithms = new LogMagnitude(drawn.theta);
    double[] eta = logarithms.coordinatesOf(drawn.theta);
    SymmetricOperator exact = new PulledBackSurface(drawn.exact, logarithms).hessian(eta);
    SymmetricOperator found = new PulledBackSurface(drawn.differenced(), logarithms).hessian(eta);
    double[] v = OperatorChecks.normals("v", eta.length);
    double wrong =
        OperatorChecks.norm(OperatorChecks.combination(1, found.apply(v), -1, exact.apply(v)));
    assertThat(found.error()).isPositive();
    assertThat(wrong).isLessThan(found.error() * OperatorChecks.norm(v));
  }

  @Test
  void stepsStayInTheDomain() {
    GradientFunction logarithm =
        (theta, gradient) -> {
          if (theta[0] <= 0) {
            throw new IllegalArgumentException("outside");
          }
          gradient[0] = -1 / theta[0];
          return -Math.log(theta[0]);
        };
    DifferencedSurface surface =
        DifferencedSurface.of(1, logarithm).withDomain(theta -> theta[0] > 0);
    double[] theta = {1e-3};
    assertThat(surface.hessian(theta).apply(new double[] {1})[0] * 1e-6)
        .isBetween(1 - 1e-8, 1 + 1e-8);
    assertThat(surface.contains(new double[] {-1})).isFalse();
  }

  /** Σ (θ − ln θ), asked only where it is defined. */
  private static DifferencedSurface barrier(int dimension) {
    return DifferencedSurface.of(
            dimension,
            (theta, gradient) -> {
              double loss = 0;
              for (int i = 0; i < dimension; i++) {
                assertThat(theta[i]).isPositive();
                loss += theta[i] - Math.log(theta[i]);
                gradient[i] = 1 - 1 / theta[i];
              }
              return loss;
            })
        .withDomain(theta -> Arrays.stream(theta).allMatch(t -> t > 0));
  }

  @Test
  void aNarrowDomainMakesTheStepShort() {
    for (double[] theta :
        new double[][] {{100, 1e-3, 50}, {100, 1e-6, 50}, {1e-7, 1e4}, {1, 0.01, 2}}) {
      DifferencedSurface surface = barrier(theta.length);
      ProductError error = surface.productError(theta);
      assertThat(error.relative()).isBetween(0.0, 1e-5);
      SymmetricOperator hessian = surface.hessian(theta);
      double[] v = new double[theta.length];
      Arrays.fill(v, 1);
      double[] product = hessian.apply(v);
      for (int i = 0; i < theta.length; i++) {
        product[i] -= 1 / (theta[i] * theta[i]);
      }
      assertThat(OperatorChecks.norm(product))
          .isLessThanOrEqualTo(error.bound() * OperatorChecks.norm(v));
    }
  }

  @Test
  void aPointAtTheEdgeOfItsDomainIsNamed() {
    DifferencedSurface edge =
        DifferencedSurface.of(2, (theta, gradient) -> 0)
            .withDomain(theta -> theta[0] == 1 && theta[1] == 2);
    assertThatThrownBy(() -> edge.productError(new double[] {1, 2}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no step stays inside the domain");
    DifferencedSurface stated = edge.withGradientNoise(1e-10);
    assertThatThrownBy(() -> stated.productError(new double[] {1, 2}))
        .hasMessageContaining("no step stays inside the domain");
  }

  @Test
  void theNoiseIsMeasuredInsideTheDomain() {
    double[] at = {1, 2, 3};
    java.util.function.Predicate<double[]> near =
        theta -> {
          for (int i = 0; i < at.length; i++) {
            if (Math.abs(theta[i] - at[i]) > 0.01 * at[i]) {
              return false;
            }
          }
          return true;
        };
    // a gradient in steps of 0.001, which only the widest measurement sees
    DifferencedSurface surface =
        DifferencedSurface.of(
                3,
                (theta, gradient) -> {
                  assertThat(near).accepts(theta);
                  for (int i = 0; i < at.length; i++) {
                    gradient[i] = Math.rint(theta[i] * 1000) / 1000;
                  }
                  return 0;
                })
            .withDomain(near);
    assertThat(surface.productError(at).step()).isPositive();
  }

  @Test
  void whatDoesNotFitIsRefused() {
    DifferencedSurface surface = DifferencedSurface.of(2, (theta, gradient) -> 0);
    assertThatThrownBy(() -> surface.hessian(new double[3]))
        .hasMessage("the parameter vector has 3 entries, expected 2");
    assertThatThrownBy(
            () -> surface.curvature(Curvature.GAUSS_NEWTON, new double[2], ParameterSet.all(2)))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage("a surface made of a gradient has no gauss-newton matrix, expected hessian");
    assertThatThrownBy(() -> DifferencedSurface.of(0, (theta, gradient) -> 0))
        .hasMessage("the surface has 0 parameters, expected at least 1");
    assertThatThrownBy(
            () ->
                LossSurface.of(2, (theta, gradient) -> 0, (theta, v) -> new double[3])
                    .hessian(new double[2])
                    .apply(new double[2]))
        .hasMessage("the Hessian product has 3 entries, expected 2");
  }

  @Test
  void aConstantGradientHasNoCurvatureAndNoError() {
    DifferencedSurface surface =
        DifferencedSurface.of(
            2,
            (theta, gradient) -> {
              gradient[0] = 0;
              gradient[1] = 0;
              return 3;
            });
    SymmetricOperator hessian = surface.hessian(new double[] {1, 2});
    assertThat(hessian.apply(new double[] {1, 1})).containsExactly(0, 0);
    assertThat(hessian.error()).isZero();
  }

  @Test
  void aGradientThatIsNotFiniteGivesProductsThatAreNot() {
    DifferencedSurface surface =
        DifferencedSurface.of(
            1,
            (theta, gradient) -> {
              gradient[0] = Double.NaN;
              return Double.NaN;
            });
    assertThat(surface.hessian(new double[1]).apply(new double[] {1})).containsOnly(Double.NaN);
  }
}
