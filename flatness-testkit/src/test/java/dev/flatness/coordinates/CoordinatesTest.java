package dev.flatness.coordinates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.surface.LossSurface;
import dev.flatness.tensor.Tensor;
import dev.flatness.testkit.RandomNetworks;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class CoordinatesTest {
  private static final double[] CENTER = {0.3, -0.7, 0.2, 0.9};
  private static final LossSurface SURFACE = new Quartic(4, 7, Seed.of(2));

  /**
   * Against differences of values alone: fourth-order stencils of step 1e-2 have a truncation of
   * 1e-8 of the sixth derivatives, and rounding of 1e-16/1e-4.
   */
  @Test
  void theHessianIsThatOfTheValues() {
    double[] theta = {0.5, -0.5, 0.4, 1.2};
    double[][] matrix = {{2, 1, 0, 0}, {0, 1, -1, 0}, {0.5, 0, 1, 0}, {0, 0, 0.2, -1}};
    Coordinates shell = RadialCoordinates.shell(CENTER, 3, 0.2, 0.4);
    Map<String, Coordinates> all =
        Map.of(
            "matrix", AffineMap.matrix(matrix, CENTER),
            "shell", shell,
            "power", RadialCoordinates.power(CENTER, 0.8, 0.5),
            "sharp power", RadialCoordinates.power(CENTER, -0.3, 0.5),
            "logarithms", new LogMagnitude(theta),
            "sines of a matrix",
                new HyperbolicSines(4).compose(AffineMap.matrix(matrix, new double[4])),
            "shell of logarithms", new LogMagnitude(theta).compose(shell));
    all.forEach(
        (name, coordinates) -> {
          Coordinates one = coordinates;
          double[] eta =
              name.equals("shell of logarithms")
                  ? one.coordinatesOf(one.parametersAt(new double[] {0.5, -0.5, 0.4, 1.2}))
                  : one.coordinatesOf(theta);
          assertHessian(name, new PulledBackSurface(SURFACE, one), eta);
        });
  }

  @Test
  void weightNormalizationIsExactAtEveryLengthOfTheDirections() {
    Network network =
        Network.sequential(2)
            .dense(
                "fc1",
                Tensor.of(new double[] {0.5, -1, 0.8, 0.3}, 2, 2),
                Tensor.of(new double[] {1, 2}, 2))
            .activate(Activation.RELU)
            .dense("fc2", Tensor.of(new double[] {0.7, -0.4}, 1, 2), null)
            .build();
    WeightNormalization coordinates = WeightNormalization.of(network);
    LossSurface surface =
        new PulledBackSurface(new Quartic(network.parameterCount(), 9, Seed.of(3)), coordinates);
    double[] eta = coordinates.coordinatesOf(network.parameterVector());
    for (double length : new double[] {0.6, 1, 2.5}) {
      assertHessian("v of length " + length, surface, coordinates.withDirectionsTimes(eta, length));
    }
    eta[coordinates.parameters()] *= -1;
    assertHessian("a negative length", surface, eta);
  }

  @Test
  void aShellScalesTheHessianOfItsCenter() {
    RadialCoordinates coordinates = RadialCoordinates.shell(CENTER, 2, 0.5, 0.05);
    double[][] there = dense(new PulledBackSurface(SURFACE, coordinates).hessian(CENTER));
    double[][] here = dense(SURFACE.hessian(CENTER));
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < 4; j++) {
        assertThat(there[i][j]).isCloseTo(100 * here[i][j], within(1e-12 * 100 * here[i][i]));
      }
    }
  }

  @Test
  void aPowerScalesTheHessianOfItsCenter() {
    RadialCoordinates coordinates = RadialCoordinates.power(CENTER, 1.5, 0.2);
    double[][] there = dense(new PulledBackSurface(SURFACE, coordinates).hessian(CENTER));
    double[][] here = dense(SURFACE.hessian(CENTER));
    double factor = Math.pow(0.2, -3);
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < 4; j++) {
        assertThat(there[i][j]).isCloseTo(factor * here[i][j], within(1e-12 * factor * here[i][i]));
      }
    }
  }

  /** Against the LU decomposition of the columns of J. */
  @Test
  void theJacobianDeterminantIsThatOfTheMatrix() {
    RadialCoordinates[] all = {
      RadialCoordinates.shell(CENTER, 2, 0.3, 0.9), RadialCoordinates.power(CENTER, -0.4, 0.3),
    };
    Random random = new Random(4);
    for (RadialCoordinates coordinates : all) {
      for (int k = 0; k < 20; k++) {
        double[] eta = CENTER.clone();
        for (int i = 0; i < 4; i++) {
          eta[i] += random.nextGaussian();
        }
        double[][] rows = new double[4][4];
        for (int i = 0; i < 4; i++) {
          double[] unit = new double[4];
          unit[i] = 1;
          coordinates.derivativeAt(eta).pull(unit, rows[i]);
        }
        assertThat(coordinates.logDeterminant(eta))
            .isCloseTo(AffineMap.matrix(rows, CENTER).logDeterminant(), within(1e-12));
      }
    }
    assertThat(all[0].logDeterminant(new double[] {9, 9, 9, 9})).isZero();
    // ln (r̂/ρ)^n inside.
    assertThat(all[0].logDeterminant(CENTER)).isCloseTo(4 * Math.log(1.0 / 3), within(1e-14));
  }

  @Test
  void aShellIsContinuousAndMapsSpheresToSpheres() {
    RadialCoordinates coordinates = RadialCoordinates.shell(new double[] {0, 0}, 2, 0.5, 1.25);
    assertThat(coordinates.parametersAt(new double[] {1.25, 0})[0]).isEqualTo(0.5);
    assertThat(coordinates.parametersAt(new double[] {Math.nextUp(1.25), 0})[0])
        .isCloseTo(0.5, within(1e-15));
    assertThat(coordinates.parametersAt(new double[] {0, 2})[1]).isEqualTo(2);
    assertThat(coordinates.parametersAt(new double[] {0, Math.nextDown(2.0)})[1])
        .isCloseTo(2, within(1e-15));
    assertThat(coordinates.parametersAt(new double[] {3, 4})).containsExactly(3, 4);
  }

  /**
   * The relative condition of r in s is 1/(1 + 2a w/(w+b)), at most 1/(1 + 2a); the equation itself
   * is evaluated to some last places, more for a large exponent.
   */
  @Property(tries = 500)
  void theScalarEquationIsSolvedToTheLastBits(
      @ForAll @DoubleRange(min = -0.45, max = 3) double a,
      @ForAll @DoubleRange(min = -6, max = 6) double logOfB,
      @ForAll @DoubleRange(min = -9, max = 9) double logOfR) {
    double r = Math.pow(10, logOfR);
    double b = Math.pow(10, logOfB);
    RadialCoordinates coordinates = RadialCoordinates.power(new double[] {0}, a, b);
    double s = coordinates.coordinatesOf(new double[] {r})[0];
    double again = coordinates.parametersAt(new double[] {s})[0];
    double w = r * r / (r * r + b);
    double condition = (1 + Math.abs(a)) / (1 + 2 * a * w);
    assertThat(again).isCloseTo(r, within(16 * condition * Math.ulp(r)));
  }

  @Test
  void theCenterOfAPurePowerIsOutside() {
    RadialCoordinates coordinates = RadialCoordinates.power(CENTER, 0.5, 0);
    assertThat(coordinates.contains(CENTER)).isFalse();
    assertThat(RadialCoordinates.power(CENTER, 0, 0).contains(CENTER)).isTrue();
    assertThatThrownBy(() -> coordinates.parametersAt(CENTER))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the point is the center, where the map with b = 0 has no derivative; take b > 0");
  }

  @Property(tries = 50)
  void aMatrixIsInvertedToItsCondition(@ForAll long seed) {
    Random random = new Random(seed);
    int n = 1 + random.nextInt(12);
    double[][] rows = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        rows[i][j] = random.nextGaussian() + (i == j ? 4 * Math.sqrt(n) : 0);
      }
    }
    double[] x = random.doubles(n, -1, 1).toArray();
    double[] shift = random.doubles(n, -1, 1).toArray();
    AffineMap map = AffineMap.matrix(rows, shift);
    assertThat(map.coordinatesOf(map.parametersAt(x))).containsExactly(x, within(1e-14));
    // (A⁻ᵀγ)·(A x) = γ·x.
    double[] gamma = random.doubles(n, -1, 1).toArray();
    double[] moved = map.parametersAt(x);
    double[] covector = map.covector(gamma);
    double left = 0;
    double right = 0;
    for (int i = 0; i < n; i++) {
      left += covector[i] * (moved[i] - shift[i]);
      right += gamma[i] * x[i];
    }
    assertThat(left).isCloseTo(right, within(1e-13 * n));
  }

  @Test
  void aBadlyScaledMatrixIsStillInvertible() {
    AffineMap map = AffineMap.matrix(new double[][] {{0, 1e-30}, {1e20, 1}}, new double[] {0, 0});
    assertThat(map.coordinatesOf(new double[] {2e-30, 3e20}))
        .containsExactly(new double[] {3, 2}, within(1e-14));
    assertThat(map.logDeterminant()).isCloseTo(Math.log(1e-10), within(1e-13));
  }

  @Test
  void badMapsAreRefused() {
    double[] zero = {0, 0};
    refused(
        () -> AffineMap.matrix(new double[][] {{1, 2}, {2, 4}}, zero),
        "the matrix of dimension 2 is singular to working precision (pivot 1 is 0.0, the largest"
            + " entry of its row 2.0), expected an invertible matrix");
    refused(
        () -> AffineMap.matrix(new double[][] {{1, 2}, {2}}, zero),
        "row 1 of the matrix has 1 entries, expected 2");
    refused(
        () -> AffineMap.diagonal(new double[] {1, 0}, zero),
        "scale 1 is 0.0, expected a finite number other than 0 whose inverse is finite");
    refused(
        () -> AffineMap.diagonal(new double[] {1}, zero),
        "the linear part has 1 rows and the shift 2 entries, expected the same number, at least 1");
    refused(
        () -> AffineMap.identity(0),
        "the linear part has 0 rows and the shift 0 entries, expected the same number, at least 1");
    refused(
        () -> AffineMap.identity(3).compose(AffineMap.identity(2)),
        "the inner coordinates map to 2 numbers, expected the 3 coordinates of the outer ones");
    refused(
        () -> RadialCoordinates.shell(CENTER, 1, 2, 0.5),
        "the inner radius is 2.0, expected a number between 0 and the outer radius 1.0");
    refused(
        () -> RadialCoordinates.power(CENTER, -0.5, 1),
        "a is -0.5, expected a finite number above -0.5: the map has no inverse otherwise");
    refused(
        () -> RadialCoordinates.power(CENTER, 1, -1),
        "b is -1.0, expected a finite number of at least 0");
  }

  @Test
  void aRowOfZerosHasNoDirection() {
    Network network = RandomNetworks.withDefaults().draw(Seed.of(8));
    assertThatThrownBy(
            () ->
                WeightNormalization.of(network).coordinatesOf(new double[network.parameterCount()]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("row 0 of ")
        .hasMessageEndingWith(
            " has the length 0.0, expected a positive finite number: a row of zeros has no"
                + " direction; remove dead units first");
  }

  private static void refused(Runnable action, String message) {
    assertThatThrownBy(action::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  private static void assertHessian(String name, LossSurface surface, double[] eta) {
    double[][] exact = dense(surface.hessian(eta));
    double size =
        Arrays.stream(exact).flatMapToDouble(Arrays::stream).map(Math::abs).max().orElseThrow();
    for (int i = 0; i < eta.length; i++) {
      for (int j = 0; j < eta.length; j++) {
        assertThat(exact[i][j])
            .as("%s, entry [%d, %d]", name, i, j)
            .isCloseTo(mixed(surface, eta, i, j), within(1e-5 * size));
      }
    }
  }

  /** ∂²/∂i∂j by the product of two fourth-order first differences. */
  private static double mixed(LossSurface surface, double[] eta, int i, int j) {
    double[] weights = {1, -8, 8, -1};
    int[] steps = {-2, -1, 1, 2};
    double h = 5e-3;
    double sum = 0;
    for (int k = 0; k < 4; k++) {
      for (int l = 0; l < 4; l++) {
        double[] moved = eta.clone();
        moved[i] += steps[k] * h;
        moved[j] += steps[l] * h;
        sum += weights[k] * weights[l] * surface.value(moved);
      }
    }
    return sum / (144 * h * h);
  }

  private static double[][] dense(SymmetricOperator operator) {
    int n = operator.dimension();
    double[][] columns = new double[n][n];
    double[][] units = new double[n][n];
    for (int i = 0; i < n; i++) {
      units[i][i] = 1;
    }
    operator.apply(units, columns);
    return columns;
  }
}
