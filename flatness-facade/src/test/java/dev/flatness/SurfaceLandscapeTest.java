package dev.flatness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.basispath.SkeletonRule;
import dev.flatness.landscape.Landscape;
import dev.flatness.landscape.LandscapeDirections;
import dev.flatness.measure.Outcome;
import dev.flatness.measure.Status;
import dev.flatness.network.Activation;
import dev.flatness.surface.DifferencedSurface;
import dev.flatness.surface.GradientFunction;
import dev.flatness.surface.LossSurface;
import dev.flatness.tensor.Shape;
import dev.flatness.training.Architectures;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Landscapes of loss surfaces that are no networks. */
class SurfaceLandscapeTest {
  private static final double[] POINT = {1, -0.5, 2};

  @TempDir private Path folder;

  /** L = 3/2 θ₀² + 1/2 θ₁² + θ₂⁴/4. */
  private static double slope(double[] theta, double[] gradient) {
    gradient[0] = 3 * theta[0];
    gradient[1] = theta[1];
    gradient[2] = Math.pow(theta[2], 3);
    return value(theta);
  }

  private static double value(double... theta) {
    return 1.5 * theta[0] * theta[0] + 0.5 * theta[1] * theta[1] + Math.pow(theta[2], 4) / 4;
  }

  private static LossSurface bowl() {
    return LossSurface.of(
        3,
        SurfaceLandscapeTest::slope,
        (theta, v) -> new double[] {3 * v[0], v[1], 3 * theta[2] * theta[2] * v[2]});
  }

  private static LandscapeRequest request(LossSurface surface) {
    return Flatness.of(surface, POINT).landscape().grid(5, 4).seed(3);
  }

  @Test
  void everyPointOfGivenDirectionsHasTheLossOfTheFormula() {
    LandscapeDirections given =
        LandscapeDirections.given(new double[] {1, 0, 0}, new double[] {0, 2, 1});
    LandscapeReport report = request(bowl()).directions(given).range(-0.5, 1).report();
    Landscape found = report.landscape();
    assertThat(found.center()).isEqualTo(value(POINT)).isEqualTo(report.evaluation().loss());
    double[] first = found.axis(0);
    double[] second = found.axis(1);
    for (int i = 0; i < 5; i++) {
      for (int j = 0; j < 4; j++) {
        assertThat(found.loss(i, j))
            .isEqualTo(value(1 + first[i], -0.5 + 2 * second[j], 2 + second[j]));
      }
    }
    assertThat(found.accuracy()).isEmpty();
    assertThat(found.outside()).isZero();
    assertThat(found.curvature(0)).isEqualTo(Outcome.exact(3));
    assertThat(found.curvature(1)).isEqualTo(Outcome.exact(4 + 3 * 4));
    assertThat(report.acceptable()).isTrue();
    assertThat(report.recordedSettings())
        .containsEntry("directions", "given")
        .containsEntry("seed", 3L);
  }

  @Test
  void eigenvectorsAndTheGradientAreThoseOfTheSurface() {
    Landscape along =
        request(bowl()).line(3).directions(LandscapeDirections.eigenvectors()).report().landscape();
    // The Hessian is diag(3, 1, 12).
    assertThat(along.loss(2, 0)).isCloseTo(value(1, -0.5, 3), within(1e-10));
    Landscape down =
        request(bowl()).line(3).directions(LandscapeDirections.gradient()).report().landscape();
    double norm = Math.sqrt(9 + 0.25 + 64);
    assertThat(down.loss(2, 0))
        .isCloseTo(value(1 + 3 / norm, -0.5 - 0.5 / norm, 2 + 8 / norm), within(1e-12));
    Landscape towards =
        request(bowl())
            .line(3)
            .range(0, 1)
            .directions(LandscapeDirections.towards(Map.of("origin", new double[3])))
            .report()
            .landscape();
    assertThat(towards.loss(1, 0)).isEqualTo(value(0.5, -0.25, 1));
    assertThat(towards.loss(2, 0)).isZero();
  }

  @Test
  void theLargestEigenvalueAlongALineIsThatOfTheHessian() {
    Landscape found =
        request(bowl())
            .line(3)
            .directions(LandscapeDirections.given(new double[] {0, 0, 1}))
            .topEigenvalues()
            .report()
            .landscape();
    for (int i = 0; i < 3; i++) {
      double at = 2 + found.axis(0)[i];
      assertThat(found.topEigenvalues().get(i).value()).isCloseTo(3 * at * at, within(1e-8));
    }
  }

  @Test
  void curvaturesByDifferencesStateTheirError() {
    DifferencedSurface surface = DifferencedSurface.of(3, SurfaceLandscapeTest::slope);
    Landscape found =
        request(surface)
            .line(3)
            .directions(LandscapeDirections.given(new double[] {0, 0, 1}))
            .report()
            .landscape();
    Outcome curvature = found.curvature(0);
    assertThat(curvature.status()).isEqualTo(Status.ESTIMATED);
    assertThat(curvature.value())
        .isCloseTo(12, within(4 * curvature.standardError().orElseThrow()));
  }

  @Test
  void pointsOutsideTheDomainHaveNoLossAndAreMarked() {
    GradientFunction logarithm =
        (theta, gradient) -> {
          if (theta[0] <= 0) {
            throw new AssertionError("evaluated outside the domain");
          }
          gradient[0] = 1 / theta[0];
          return Math.log(theta[0]) + 3;
        };
    DifferencedSurface surface =
        DifferencedSurface.of(1, logarithm).withDomain(theta -> theta[0] > 0);
    Landscape found =
        Flatness.of(surface, new double[] {1})
            .landscape()
            .line(5)
            .range(-2, 2)
            .directions(LandscapeDirections.given(new double[] {1}))
            .report()
            .landscape();
    assertThat(found.outsideChart()).containsExactly(true, true, false, false, false);
    assertThat(found.loss(1, 0)).isNaN();
    assertThat(found.loss(4, 0)).isEqualTo(Math.log(3) + 3);
  }

  @Test
  void itIsTakenInCoordinatesOfThePoint() {
    Landscape found =
        request(bowl())
            .line(3)
            .coordinates(CoordinateSystem.logMagnitude())
            .directions(LandscapeDirections.given(new double[] {1, 0, 0}))
            .report()
            .landscape();
    assertThat(found.loss(2, 0)).isCloseTo(value(Math.E, -0.5, 2), within(1e-13));
  }

  @Test
  void aRunGoesOnFromItsFileButNotFromThatOfAnotherSurface() {
    Path file = folder.resolve("points");
    double[] whole = request(bowl()).report().landscape().loss();
    assertThat(request(bowl()).resume(file).report().landscape().loss()).isEqualTo(whole);
    int[] calls = new int[1];
    LossSurface counted =
        LossSurface.of(
            3,
            (theta, gradient) -> {
              calls[0]++;
              return slope(theta, gradient);
            },
            (theta, v) -> new double[] {3 * v[0], v[1], 3 * theta[2] * theta[2] * v[2]});
    assertThat(request(counted).resume(file).report().landscape().loss()).isEqualTo(whole);
    assertThat(calls[0]).isLessThan(whole.length);
    LossSurface other =
        LossSurface.of(
            3,
            (theta, gradient) -> {
              double loss = slope(theta, gradient);
              Arrays.setAll(gradient, i -> 2 * gradient[i]);
              return 2 * loss;
            },
            (theta, v) -> v);
    assertThatThrownBy(() -> request(other).resume(file).report())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("surface");
  }

  @Test
  void whatNeedsANetworkIsRefused() {
    assertThatThrownBy(
            () ->
                request(bowl())
                    .coordinates(CoordinateSystem.basisPaths(SkeletonRule.balanced()))
                    .report())
        .hasMessageContaining("need a network");
    assertThatThrownBy(
            () -> request(bowl()).directions(LandscapeDirections.filterNormalized()).report())
        .hasMessageContaining("filters");
    assertThatThrownBy(
            () ->
                request(bowl())
                    .compare(
                        Map.of(
                            "net",
                            Architectures.perceptron(
                                Shape.of(1), java.util.List.of(1), 1, Activation.RELU)))
                    .report())
        .hasMessageContaining("a loss surface of your own is no network");
    assertThatThrownBy(
            () -> request(bowl()).directions(LandscapeDirections.given(new double[2])).report())
        .hasMessageContaining("1 direction is given, but the slice has 2 axes");
    assertThatThrownBy(
            () ->
                request(bowl())
                    .line(3)
                    .directions(LandscapeDirections.given(new double[2]))
                    .report())
        .hasMessageContaining("has 2 entries, expected one for each of the 3 coordinates");
  }
}
