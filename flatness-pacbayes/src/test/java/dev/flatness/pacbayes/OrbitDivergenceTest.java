package dev.flatness.pacbayes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.network.Activation;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import dev.flatness.tensor.Shape;
import dev.flatness.testkit.NetworkArbitraries;
import dev.flatness.testkit.RandomDatasets;
import dev.flatness.testkit.RandomNetworks;
import dev.flatness.training.Architectures;
import dev.flatness.training.Initialization;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.random.RandomGenerator;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class OrbitDivergenceTest {
  private static final Seed SEED = Seed.of(19);

  @Provide
  Arbitrary<Network> networks() {
    return NetworkArbitraries.networks(RandomNetworks.withDefaults().withMaximumParameters(120));
  }

  @Provide
  Arbitrary<Seed> seeds() {
    return NetworkArbitraries.seeds();
  }

  private static DiagonalGaussian posterior(Network network, Seed seed) {
    RandomGenerator random = seed.split("posterior").generator();
    double[] sigma = new double[network.parameterCount()];
    Arrays.setAll(sigma, e -> Math.exp(random.nextGaussian() - 2));
    return DiagonalGaussian.of(network.parameterVector(), sigma);
  }

  private static DiagonalGaussian prior(Network network, Seed seed, boolean centered) {
    RandomGenerator random = seed.split("prior").generator();
    double[] mean = network.parameterVector();
    Arrays.setAll(mean, e -> centered ? 0 : mean[e] + 0.3 * random.nextGaussian());
    return DiagonalGaussian.isotropic(mean, 0.5);
  }

  /** The textbook sum, with none of the code under test. */
  private static double divergence(double[] r, DiagonalGaussian q, DiagonalGaussian p) {
    double sum = 0;
    for (int e = 0; e < r.length; e++) {
      double s = r[e] * q.sigma()[e];
      double t = p.sigma()[e];
      double d = r[e] * q.mean()[e] - p.mean()[e];
      sum += Math.log(t / s) + (s * s + d * d) / (2 * t * t) - 0.5;
    }
    return sum;
  }

  /** Golden sections in one class after the other, until nothing gains. */
  private static double bruteForce(
      Network network, DiagonalGaussian posterior, DiagonalGaussian prior) {
    ScaleClasses classes = ScaleClasses.of(network);
    double[] x = new double[classes.freeCount()];
    double best = divergence(Rescaling.identity(classes).ratios(), posterior, prior);
    for (int sweep = 0; sweep < 400; sweep++) {
      double before = best;
      for (int c = 0; c < x.length; c++) {
        int at = c;
        double old = x[c];
        DoubleUnaryOperator f =
            value -> {
              x[at] = value;
              double[] factors = Arrays.stream(x).map(Math::exp).toArray();
              return divergence(Rescaling.of(classes, factors).ratios(), posterior, prior);
            };
        x[c] = goldenSection(f, old - 2, old + 2);
        double now = f.applyAsDouble(x[c]);
        x[c] = now < best ? x[c] : old;
        best = Math.min(now, best);
      }
      if (before - best <= 1e-13 * Math.abs(best)) {
        break;
      }
    }
    return best;
  }

  private static double goldenSection(DoubleUnaryOperator f, double from, double to) {
    double shrink = (Math.sqrt(5) - 1) / 2;
    double a = from;
    double b = to;
    double c = b - shrink * (b - a);
    double d = a + shrink * (b - a);
    double fc = f.applyAsDouble(c);
    double fd = f.applyAsDouble(d);
    while (b - a > 1e-8) {
      if (fc < fd) {
        b = d;
        d = c;
        fd = fc;
        c = b - shrink * (b - a);
        fc = f.applyAsDouble(c);
      } else {
        a = c;
        c = d;
        fc = fd;
        d = a + shrink * (b - a);
        fd = f.applyAsDouble(d);
      }
    }
    return (a + b) / 2;
  }

  @Test
  void equalsBruteForceOnSmallNetworks() {
    for (int i = 0; i < 6; i++) {
      Network network =
          RandomNetworks.withDefaults()
              .withMaximumParameters(60)
              .draw(SEED.split("brute").split(i));
      DiagonalGaussian posterior = posterior(network, SEED.split(i));
      DiagonalGaussian prior = prior(network, SEED.split(i), true);
      OrbitDivergence found = OrbitDivergence.minimize(network, posterior, prior);
      assertThat(found.global()).isTrue();
      assertThat(found.converged()).isTrue();
      assertThat(found.after())
          .isCloseTo(bruteForce(network, posterior, prior), within(1e-9 * found.before()));
    }
  }

  @Test
  void withAnotherMeanItIsAtLeastAsGoodAsBruteForceFromTheGivenWeights() {
    for (int i = 0; i < 6; i++) {
      Network network =
          RandomNetworks.withDefaults()
              .withMaximumParameters(60)
              .draw(SEED.split("local").split(i));
      DiagonalGaussian posterior = posterior(network, SEED.split(i));
      DiagonalGaussian prior = prior(network, SEED.split(i), false);
      OrbitDivergence found = OrbitDivergence.minimize(network, posterior, prior);
      assertThat(found.global()).isFalse();
      assertThat(found.converged()).isTrue();
      assertThat(found.after())
          .isLessThanOrEqualTo(
              bruteForce(network, posterior, prior) + 1e-8 * Math.max(1, found.before()));
    }
  }

  @Test
  void oneUnitHasAClosedForm() {
    // Two edges with A = (s² + w²)/τ²: minimize P u + Q/u over u = c², where P u = Q/u.
    Network network =
        Architectures.perceptron(Shape.of(1), List.of(1), 1, Activation.RELU)
            .withParameters(new double[] {3, 0, 0.5, 0.2});
    DiagonalGaussian posterior =
        DiagonalGaussian.of(new double[] {3, 0, 0.5, 0.2}, new double[] {0.1, 0.2, 0.3, 0.4});
    DiagonalGaussian prior = DiagonalGaussian.isotropic(new double[4], 1);
    OrbitDivergence found = OrbitDivergence.minimize(network, posterior, prior);
    // Into the unit: weight and bias; out of it: one weight. Two logarithms against one.
    double in = 9 + 0.01 + 0.04;
    double out = 0.25 + 0.09;
    // in u − out/u = 1, as d/dx of ½ (in u + out/u) − x at u = e^{2x}.
    double u = (1 + Math.sqrt(1 + 4 * in * out)) / (2 * in);
    double expected =
        0.5 * (in * u + out / u + 0.04 + 0.16 - 4)
            - Math.log(u) / 2
            - Math.log(0.1 * 0.2 * 0.3 * 0.4);
    assertThat(found.after()).isCloseTo(expected, within(1e-13 * expected));
    assertThat(found.rescaling().factor(0)).isCloseTo(Math.sqrt(u), within(1e-12));
  }

  @Property(tries = 40)
  void isInvariantOverTheOrbitAndTheDivergenceInWeightsIsNot(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    DiagonalGaussian posterior = posterior(network, seed);
    DiagonalGaussian prior = prior(network, seed, true);
    ScaleClasses classes = ScaleClasses.of(network);
    Rescaling by = Rescaling.random(classes, 100, seed.split("orbit"));
    double[] ratios = by.ratios();
    double[] mean = posterior.mean();
    double[] sigma = posterior.sigma();
    Arrays.setAll(mean, e -> ratios[e] * mean[e]);
    Arrays.setAll(sigma, e -> ratios[e] * sigma[e]);
    DiagonalGaussian moved = DiagonalGaussian.of(mean, sigma);
    OrbitDivergence first = OrbitDivergence.minimize(network, posterior, prior);
    OrbitDivergence second = OrbitDivergence.minimize(by.applyTo(network), moved, prior);
    assertThat(second.after()).isCloseTo(first.after(), within(1e-11 * first.before()));
    assertThat(first.after()).isLessThanOrEqualTo(first.before());
    assertThat(first.residual()).isLessThan(1e-9);
    if (classes.freeCount() > 0) {
      double plain = posterior.divergenceFrom(prior);
      assertThat(Math.abs(moved.divergenceFrom(prior) - plain)).isGreaterThan(1e-6 * plain);
    }
  }

  @Property(tries = 20)
  void withAnotherMeanItOnlyGains(@ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    DiagonalGaussian posterior = posterior(network, seed);
    DiagonalGaussian prior = prior(network, seed, false);
    OrbitDivergence found = OrbitDivergence.minimize(network, posterior, prior);
    assertThat(found.after()).isLessThanOrEqualTo(found.before());
    assertThat(found.residual()).isLessThan(1e-9);
    assertThat(found.posterior().divergenceFrom(prior)).isEqualTo(found.after());
  }

  @Property(tries = 20)
  void aDrawFromTheRescaledPosteriorComputesTheSameFunction(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    DiagonalGaussian posterior = posterior(network, seed);
    OrbitDivergence found =
        OrbitDivergence.minimize(network, posterior, prior(network, seed, true));
    RandomGenerator random = seed.split("draw").generator();
    double[] z = new double[network.parameterCount()];
    Arrays.setAll(z, e -> random.nextGaussian());
    double[] x = RandomDatasets.input(network, seed.split("input"));
    double[] f = network.withParameters(at(posterior, z)).outputs(x);
    double[] g = network.withParameters(at(found.posterior(), z)).outputs(x);
    double largest = Arrays.stream(f).map(Math::abs).max().orElse(1);
    for (int k = 0; k < f.length; k++) {
      assertThat(g[k]).isCloseTo(f[k], within(1e-10 * Math.max(1e-3, largest)));
    }
  }

  private static double[] at(DiagonalGaussian gaussian, double[] z) {
    double[] theta = gaussian.mean();
    double[] sigma = gaussian.sigma();
    Arrays.setAll(theta, e -> theta[e] + sigma[e] * z[e]);
    return theta;
  }

  @Test
  void deadUnitsAreKept() {
    Network network =
        Initialization.KAIMING.draw(
            Architectures.perceptron(Shape.of(3), List.of(4), 2, Activation.RELU), SEED);
    double[] theta = network.parameterVector();
    Arrays.fill(theta, 0, 3, 0);
    Network dead = network.withParameters(theta);
    OrbitDivergence found =
        OrbitDivergence.minimize(
            dead,
            DiagonalGaussian.isotropic(theta, 0.1),
            DiagonalGaussian.isotropic(new double[theta.length], 1));
    assertThat(found.converged()).isTrue();
    assertThat(found.rescaling().factors()).hasSize(4);
  }

  @Test
  void refusesGaussiansOverOtherParameters() {
    Network network = Architectures.perceptron(Shape.of(3), List.of(4), 2, Activation.RELU);
    DiagonalGaussian fits = DiagonalGaussian.isotropic(new double[network.parameterCount()], 1);
    DiagonalGaussian other = DiagonalGaussian.isotropic(new double[3], 1);
    assertThatThrownBy(() -> OrbitDivergence.minimize(network, fits, other))
        .hasMessage(
            "the prior has 3 coordinates, but the network 26 parameters; name a Gaussian over the"
                + " parameters of this network");
    assertThatThrownBy(() -> OrbitDivergence.minimize(network, other, fits))
        .hasMessageContaining("the posterior has 3 coordinates");
  }
}
