package dev.flatness.sharpness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.hessian.Cases;
import dev.flatness.internal.linalg.Vectors;
import dev.flatness.loss.SquaredError;
import dev.flatness.measure.Status;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.sharpness.PerturbationSet.Norm;
import dev.flatness.spectral.Spectra;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.testkit.RandomDatasets;
import dev.flatness.testkit.RandomNetworks;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Against maxima of quadratics in closed form. */
class SharpnessSearchTest {
  private static final SharpnessSearch LONG =
      SharpnessSearch.withDefaults().withGradients(400).withProducts(60);

  /** max gᵀδ + ½ Σ λ_i δ_i² over ‖δ‖ ≤ r: δ_i = g_i / (μ − λ_i), μ ≥ max(λ, 0) by bisection. */
  private static double trustRegion(double[] g, double[] lambda, double r) {
    double low = Math.max(0, Arrays.stream(lambda).max().orElseThrow());
    double high = low + Vectors.norm(g) / r;
    for (int i = 0; i < 200; i++) {
      double mu = (low + high) / 2;
      double square = 0;
      for (int k = 0; k < g.length; k++) {
        square += Math.pow(g[k] / (mu - lambda[k]), 2);
      }
      if (square > r * r) {
        low = mu;
      } else {
        high = mu;
      }
    }
    double value = 0;
    for (int k = 0; k < g.length; k++) {
      double delta = g[k] / (high - lambda[k]);
      value += g[k] * delta + 0.5 * lambda[k] * delta * delta;
    }
    return value;
  }

  @Test
  void ballsOfTheTwoNormGiveTheTrustRegionMaximum() {
    for (int i = 0; i < 20; i++) {
      Seed seed = Seed.of(3).split(i);
      double[] lambda = Vectors.gaussian(12, seed.split("eigenvalues"));
      double[] g = Vectors.gaussian(12, seed.split("gradient"));
      double radius = Math.pow(10, i % 5 - 3);
      SharpnessResult found =
          LONG.maximize(
              QuadraticSurface.diagonal(2, g, lambda),
              new double[12],
              PerturbationSet.ball(12, Norm.TWO, radius),
              seed);
      double truth = trustRegion(g, lambda, radius);
      // A last step gains less than 1e-6 of the increase; gains shrink by a factor of at most 0.99.
      assertThat(found.increase().value()).isCloseTo(truth, within(1e-4 * truth));
      assertThat(found.increase().value()).isLessThanOrEqualTo(truth * (1 + 1e-12) + 1e-15);
      assertThat(found.loss()).isEqualTo(2);
      assertThat(found.sharpness().value()).isEqualTo(found.increase().value() / 3);
      assertThat(found.increase().status()).isEqualTo(Status.LOWER_BOUND);
      assertThat(Vectors.norm(found.perturbation())).isLessThanOrEqualTo(radius * (1 + 1e-14));
      assertThat(found.agreeing()).isBetween(1, 8);
    }
  }

  @Test
  void atAMinimumItIsHalfTheTopEigenvalue() {
    double[] eigenvalues = Spectra.evenly(50, 0, 4);
    eigenvalues[49] = 6;
    SharpnessResult found =
        SharpnessSearch.withDefaults()
            .maximize(
                QuadraticSurface.of(1, new double[50], Spectra.withEigenvalues(eigenvalues)),
                new double[50],
                PerturbationSet.ball(50, Norm.TWO, 1e-3),
                Seed.of(4));
    assertThat(found.increase().value()).isCloseTo(3e-6, within(3e-6 * 1e-3));
    assertThat(found.agreeing()).isGreaterThanOrEqualTo(2);
    assertThat(found.starts())
        .extracting(SharpnessResult.Start::name)
        .startsWith("eigenvector", "opposite-eigenvector", "gradient", "random-1", "random-2")
        .hasSizeLessThanOrEqualTo(8);
    assertThat(found.starts().get(2).reason())
        .isEqualTo("the loss rises in no direction of the set");
    assertThat(found.gradients())
        .isEqualTo(
            1
                + SharpnessRun.PROBES
                + found.starts().stream().mapToInt(SharpnessResult.Start::gradients).sum());
  }

  /** The slope decides: all starts but the opposite ones of a quadratic's climb one hill. */
  @Test
  void aStartThatComesToTheBestPointBeforeItEndsThere() {
    double[] slope = Vectors.gaussian(40, Seed.of(21));
    SharpnessSearch search = SharpnessSearch.ofMeasures().withStartsBeyondKinks(0);
    SharpnessResult found =
        search.maximize(
            QuadraticSurface.diagonal(1, slope, Spectra.evenly(40, -1, 3)),
            new double[40],
            PerturbationSet.ball(40, Norm.TWO, 1e-2),
            Seed.of(4));
    double truth = trustRegion(slope, Spectra.evenly(40, -1, 3), 1e-2);
    assertThat(found.increase().value()).isCloseTo(truth, within(1e-3 * truth));
    assertThat(found.agreeing()).isEqualTo(4);
    assertThat(found.starts().get(0).reason())
        .isEqualTo("a step promised less than 0.001 of the increase");
    assertThat(found.starts().subList(1, 4))
        .allSatisfy(
            start -> {
              assertThat(start.reason())
                  .isEqualTo("it came to the best point of the starts before");
              assertThat(start.gradients()).isLessThanOrEqualTo(2);
            });
  }

  /** θ is a minimum: opposite points are equally high and far apart, so each start climbs alone. */
  @Test
  void startsOnOppositeHillsDoNotJoin() {
    SharpnessResult found =
        SharpnessSearch.ofMeasures()
            .withStarts(2)
            .withStartsBeyondKinks(0)
            .maximize(
                QuadraticSurface.diagonal(1, new double[3], 6, 2, 1),
                new double[3],
                PerturbationSet.ball(3, Norm.TWO, 1e-2),
                Seed.of(4));
    assertThat(found.agreeing()).isEqualTo(2);
    assertThat(found.starts())
        .extracting(SharpnessResult.Start::reason)
        .doesNotContain("it came to the best point of the starts before");
  }

  /**
   * θ is the minimum of a small slope and of a steep hinge that opens after 0.4 of the radius: the
   * gradient does not know of the hinge, nor do random points of a ball of 200 dimensions.
   */
  @Test
  void aHillBeyondAKinkIsFound() {
    int n = 200;
    double radius = 1e-3;
    double[] slope = Vectors.gaussian(n, Seed.of(3));
    Vectors.divide(slope, Vectors.norm(slope));
    double[] steep = Vectors.gaussian(n, Seed.of(4));
    Vectors.divide(steep, Vectors.norm(steep));
    HingeSurface surface = new HingeSurface(slope, steep, 4, 0.4 * radius);
    PerturbationSet ball = PerturbationSet.ball(n, Norm.TWO, radius);
    // Beyond the kink L is linear, so the highest point lies along its slope there.
    double[] there = slope.clone();
    Vectors.addMultiple(4, steep, there);
    double truth = Vectors.norm(there) * radius - 4 * 0.4 * radius;
    for (int i = 0; i < 20; i++) {
      SharpnessResult found =
          SharpnessSearch.ofMeasures().maximize(surface, new double[n], ball, Seed.of(i));
      assertThat(found.increase().value()).isCloseTo(truth, within(1e-3 * truth));
      SharpnessResult without =
          SharpnessSearch.ofMeasures()
              .withStartsBeyondKinks(0)
              .maximize(surface, new double[n], ball, Seed.of(i));
      assertThat(without.increase().value()).isCloseTo(radius, within(0.1 * radius));
      assertThat(without.increase().value()).isLessThan(0.5 * truth);
    }
  }

  /** A narrow valley takes more gradients than a start has; the best one gets them. */
  @Test
  void theBestStartGoesOnWhereALimitEndedItAndOnlyConvergedStartsAgree() {
    double[] lambda = Spectra.evenly(30, 2, 3);
    double[] slope = Vectors.gaussian(30, Seed.of(12));
    SharpnessSearch search = SharpnessSearch.withDefaults().withGradients(2).withProducts(1);
    SharpnessResult found =
        search.maximize(
            QuadraticSurface.diagonal(1, slope, lambda),
            new double[30],
            PerturbationSet.ball(30, Norm.TWO, 50),
            Seed.of(1));
    assertThat(found.starts())
        .anySatisfy(start -> assertThat(start.gradients()).isGreaterThan(2))
        .anySatisfy(start -> assertThat(start.converged()).isFalse());
    long converged = found.starts().stream().filter(SharpnessResult.Start::converged).count();
    assertThat((long) found.agreeing()).isLessThanOrEqualTo(converged);
    assertThat(found.starts())
        .filteredOn(start -> !start.converged())
        .allSatisfy(start -> assertThat(start.reason()).startsWith("the limit of "));
  }

  /** An increase of 1e-20 of a loss of 1 is none. */
  @Test
  void anIncreaseBelowTheRoundingIsSaid() {
    SharpnessResult found =
        LONG.maximize(
            QuadraticSurface.diagonal(1, new double[] {1, 2}, 1, 2),
            new double[2],
            PerturbationSet.ball(2, Norm.TWO, 1e-18),
            Seed.of(1));
    assertThat(found.increase().reason())
        .hasValue("the increase is not above the rounding of the loss; take a larger radius");
    assertThat(found.increase().standardError().orElseThrow()).isBetween(5e-17, 1e-15);
  }

  @Test
  void boxesOfASeparableQuadraticGiveTheSumOfTheirMaxima() {
    double[] theta = {0.5, -2, 0, 1};
    double[] h = {2, -4, 1, -0.5};
    double[] slope = {1, 7.9, -1, 0.6};
    double epsilon = 0.1;
    double[] gradient = new double[4];
    double expectedBall = 0;
    double expectedBox = 0;
    for (int i = 0; i < 4; i++) {
      gradient[i] = slope[i] + h[i] * theta[i];
      expectedBall += highest(gradient[i], h[i], epsilon);
      expectedBox += highest(gradient[i], h[i], epsilon * (Math.abs(theta[i]) + 1));
    }
    QuadraticSurface surface = QuadraticSurface.diagonal(3, slope, h);
    double ball =
        LONG.maximize(surface, theta, PerturbationSet.ball(4, Norm.MAX, epsilon), Seed.of(1))
            .increase()
            .value();
    double box =
        LONG.maximize(surface, theta, PerturbationSet.box(theta, epsilon), Seed.of(1))
            .increase()
            .value();
    assertThat(ball).isCloseTo(expectedBall, within(1e-4 * expectedBall));
    assertThat(box).isCloseTo(expectedBox, within(1e-4 * expectedBox));
  }

  /** max g x + ½ h x² over |x| ≤ r. */
  private static double highest(double g, double h, double r) {
    double x = h < 0 && Math.abs(g / h) < r ? -g / h : r * Math.signum(g);
    return g * x + 0.5 * h * x * x;
  }

  @Test
  void parametersThatAreZeroDoNotMoveInRelativeSets() {
    double[] theta = {2, 0, -1};
    QuadraticSurface surface = QuadraticSurface.diagonal(1, new double[] {0, 50, 3}, 1, 9, 1);
    SharpnessResult found =
        LONG.maximize(surface, theta, PerturbationSet.relative(theta, Norm.MAX, 0.1), Seed.of(1));
    assertThat(found.perturbation()[1]).isZero();
    // Slopes at θ: 2 and 3 − 1 = 2; moves of 0.2 and 0.1.
    double expected = 2 * 0.2 + 0.5 * 0.04 + 2 * 0.1 + 0.5 * 0.01;
    assertThat(found.increase().value()).isCloseTo(expected, within(1e-12));
  }

  @Test
  void aSubspaceOfAllDimensionsHoldsItsBoxesCorners() {
    int n = 6;
    double[] theta = Vectors.gaussian(n, Seed.of(9));
    double[] slope = Vectors.gaussian(n, Seed.of(10));
    PerturbationSet set = PerturbationSet.subspaceBox(theta, 0.01, n, Seed.of(2));
    // A linear loss is highest at a corner: Σ_j ε (|a_jᵀθ| + 1) |a_jᵀg|, the columns unit vectors.
    double expected = 0;
    for (int j = 0; j < n; j++) {
      double[] unit = new double[n];
      unit[j] = 1;
      double[] column = set.perturbation(unit);
      double length = Vectors.norm(column);
      Vectors.divide(column, length);
      assertThat(length)
          .isCloseTo(Math.abs(Vectors.dot(column, theta)) + 1, within(1e-14 * length));
      for (int i = 0; i < j; i++) {
        double[] other = new double[n];
        other[i] = 1;
        assertThat(Vectors.dot(column, set.perturbation(other))).isCloseTo(0, within(1e-13));
      }
      expected += 0.01 * length * Math.abs(Vectors.dot(column, slope));
    }
    QuadraticSurface surface = QuadraticSurface.diagonal(0, slope, new double[n]);
    SharpnessResult found = LONG.maximize(surface, theta, set, Seed.of(3));
    assertThat(found.increase().value()).isCloseTo(expected, within(1e-12 * expected));
    assertThat(found.agreeing()).isGreaterThanOrEqualTo(5);
  }

  @Test
  void maximaWithoutAnyRiseAreZero() {
    SharpnessResult found =
        LONG.maximize(
            QuadraticSurface.diagonal(1, new double[2], -1, -2),
            new double[2],
            PerturbationSet.ball(2, Norm.TWO, 0.1),
            Seed.of(1));
    assertThat(found.increase().value()).isBetween(0.0, 1e-12);
  }

  @Test
  void anInfiniteLossInTheSetEndsTheSearch() {
    QuadraticSurface surface =
        QuadraticSurface.diagonal(1, new double[] {1, 0}, 1, 1)
            .within(0.05, Double.POSITIVE_INFINITY);
    SharpnessResult found =
        LONG.maximize(surface, new double[2], PerturbationSet.ball(2, Norm.TWO, 0.1), Seed.of(1));
    assertThat(found.increase().status()).isEqualTo(Status.INFINITE);
    assertThat(found.increase().value()).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(found.increase().reason()).hasValue("the loss is infinite within the perturbations");
    assertThat(surface.value(found.perturbation())).isEqualTo(Double.POSITIVE_INFINITY);
  }

  @Test
  void stepsToWhereTheLossIsUndefinedAreNotTaken() {
    QuadraticSurface surface =
        QuadraticSurface.diagonal(1, new double[] {1, 0}, 0, 0).within(0.05, Double.NaN);
    SharpnessResult found =
        LONG.maximize(surface, new double[2], PerturbationSet.ball(2, Norm.TWO, 0.1), Seed.of(1));
    assertThat(found.increase().status()).isEqualTo(Status.LOWER_BOUND);
    // Losses near 1.05 are rounded.
    assertThat(found.increase().value()).isBetween(0.0499, 0.05 + Math.ulp(1.05));
  }

  @Test
  void lossesThatAreNotFiniteAtTheParametersGiveNoNumber() {
    SharpnessResult found =
        LONG.maximize(
            QuadraticSurface.diagonal(Double.NaN, new double[2], 1, 1),
            new double[2],
            PerturbationSet.ball(2, Norm.TWO, 0.1),
            Seed.of(1));
    assertThat(found.increase().status()).isEqualTo(Status.OVERFLOW);
    assertThat(found.increase().value()).isNaN();
    assertThat(found.increase().reason())
        .hasValue("the loss is not finite before any perturbation");
  }

  @Test
  void aPassedTimeLimitIsSaid() {
    SharpnessResult found =
        LONG.maximize(
            QuadraticSurface.diagonal(1, new double[] {1, 2}, 1, 2),
            new double[2],
            PerturbationSet.ball(2, Norm.TWO, 0.1),
            SharpnessSearch.Known.NOTHING,
            Seed.of(1),
            Spectra.stoppedAfter(5));
    assertThat(found.increase().status()).isEqualTo(Status.NOT_CONVERGED);
    assertThat(found.increase().reason()).hasValue("the monitor stopped the work in start 1 of 8");
    assertThat(found.increase().value()).isPositive();
  }

  @Test
  void refusesWhatItCannotSearch() {
    assertThatThrownBy(() -> LONG.withStarts(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the number of starts is 0, expected at least 1");
    assertThatThrownBy(() -> LONG.withStartsBeyondKinks(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the number of starts beyond kinks is -1, expected at least 0");
    assertThatThrownBy(() -> PerturbationSet.ball(2, Norm.TWO, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the radius of perturbations is 0.0, expected a positive number");
    assertThatThrownBy(() -> PerturbationSet.subspaceBox(new double[2], 1, 3, Seed.of(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the dimension of the random subspace is 3, expected 1 to the number of parameters (2)");
    assertThatThrownBy(
            () ->
                LONG.maximize(
                    QuadraticSurface.diagonal(1, new double[2], 1, 1),
                    new double[2],
                    PerturbationSet.ball(3, Norm.TWO, 1),
                    Seed.of(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("θ has 2 entries and the perturbations 3, expected the surface's dimension 2");
  }

  /**
   * One sample has one direction of large curvature and many kinks near: a search with few
   * gradients against a long one with many starts, both in the ball and in the box of the measures.
   */
  @Test
  void oneSampleIsSearchedNearlyAsFarAsByALongSearch() {
    SharpnessSearch brute = SharpnessSearch.withDefaults().withStarts(20).withGradients(60);
    double sum = 0;
    int count = 0;
    for (int i = 0; i < 24; i++) {
      Seed seed = Seed.of(77).split(i);
      Network network = RandomNetworks.withDefaults().withMaximumParameters(120).draw(seed);
      NetworkSurface surface =
          Cases.surface(
              network, RandomDatasets.real(network, 1, seed.split("data")), SquaredError.summed());
      double[] theta = network.parameterVector();
      PerturbationSet set =
          PerturbationSet.ball(theta.length, i % 2 == 0 ? Norm.TWO : Norm.MAX, 0.02);
      double most = brute.maximize(surface, theta, set, seed.split("brute")).increase().value();
      double found =
          SharpnessSearch.ofMeasures()
              .maximize(surface, theta, set, seed.split("search"))
              .increase()
              .value();
      double best = Math.max(most, found);
      if (best > 0) {
        assertThat(found / best).as("draw " + i).isGreaterThan(0.5);
        sum += found / best;
        count++;
      }
    }
    assertThat(count).isGreaterThan(15);
    assertThat(sum / count).isGreaterThan(0.95);
  }
}
