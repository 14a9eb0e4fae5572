package dev.flatness.hessian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.data.Dataset;
import dev.flatness.data.Datasets;
import dev.flatness.internal.linalg.Vectors;
import dev.flatness.loss.SquaredError;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Measure;
import dev.flatness.measure.Monitor;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Status;
import dev.flatness.measure.Subject;
import dev.flatness.network.Network;
import dev.flatness.network.Node;
import dev.flatness.random.Seed;
import dev.flatness.sharpness.ExpectedIncrease;
import dev.flatness.sharpness.ExpectedIncrease.Noise;
import dev.flatness.sharpness.PerturbationSet;
import dev.flatness.sharpness.PerturbationSet.Norm;
import dev.flatness.sharpness.SharpnessResult;
import dev.flatness.sharpness.SharpnessSearch;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import dev.flatness.tensor.Tensor;
import dev.flatness.testkit.NetworkArbitraries;
import dev.flatness.testkit.RandomNetworks;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** The measures that search and sample around a network's parameters. */
class SharpnessMeasuresTest {
  private static final List<AdaptiveSharpness> ADAPTIVE =
      List.of(
          AdaptiveSharpness.withDefaults(),
          AdaptiveSharpness.twoNorm(),
          AdaptiveSharpness.average());

  @Provide
  Arbitrary<Network> networks() {
    return NetworkArbitraries.piecewiseLinear();
  }

  @Provide
  Arbitrary<Seed> seeds() {
    return NetworkArbitraries.seeds();
  }

  private static Estimate only(Measure measure, NetworkSurface surface, double epsilon) {
    Settings settings =
        Settings.withDefaults()
            .with(EpsilonSharpness.EPSILON, epsilon)
            .with(ExpectedSharpness.SIGMA, epsilon);
    return measure
        .evaluate(Subject.of(surface, settings, Monitor.NONE, Seed.of(0)).withSeed(Cases.SEED))
        .get(0)
        .orThrow();
  }

  @Property(tries = 25)
  void adaptiveSharpnessKeepsEveryBitUnderPowersOfTwo(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    NetworkSurface surface = Cases.surface(network, seed);
    ScaleClasses classes = ScaleClasses.of(network);
    NetworkSurface moved =
        Cases.moved(
            surface, Rescaling.randomPowersOfTwo(classes, 10, seed.split("two")).applyTo(network));
    for (Measure measure : ADAPTIVE) {
      assertThat(only(measure, moved, 0.01).value())
          .isEqualTo(only(measure, surface, 0.01).value());
    }
  }

  /**
   * Rescaled losses differ by rounding, some 1e-14 of 1 + L for sums of some hundred terms. The
   * same start climbs the same hill by the same steps: rounding could only decide whether it takes
   * one more where a gain is within 1e-12 of the threshold.
   */
  @Property(tries = 25)
  void adaptiveSharpnessSurvivesFactorsOfSixOrdersOfMagnitude(
      @ForAll("networks") Network network, @ForAll("seeds") Seed seed) {
    NetworkSurface surface = Cases.surface(network, seed);
    ScaleClasses classes = ScaleClasses.of(network);
    NetworkSurface moved =
        Cases.moved(
            surface, Rescaling.random(classes, 1000, seed.split("neurons")).applyTo(network));
    double rounding = 1e-13 * (1 + Math.abs(surface.value(network.parameterVector())));
    for (AdaptiveSharpness measure : ADAPTIVE) {
      Estimate before = only(measure, surface, 0.01);
      boolean sampled = measure.id().endsWith("average");
      assertThat(only(measure, moved, 0.01).value())
          .isCloseTo(
              before.value(),
              within(rounding + (sampled ? 1e-12 : 1e-6) * Math.abs(before.value())));
    }
  }

  /**
   * Averaged over a ball, a loss is at most its maximum there; the maximum found is lower still.
   */
  @Test
  void theHighestLossIsAtLeastTheMeanOneInTheSameBall() {
    for (int i = 0; i < 15; i++) {
      Seed seed = Seed.of(60).split(i);
      NetworkSurface surface = Cases.surface(RandomNetworks.withDefaults().draw(seed), seed);
      double[] theta = surface.network().parameterVector();
      for (double radius : new double[] {1e-3, 0.3}) {
        SharpnessResult highest =
            SharpnessSearch.withDefaults()
                .maximize(
                    surface, theta, PerturbationSet.ball(theta.length, Norm.TWO, radius), seed);
        ExpectedIncrease.Result mean =
            ExpectedIncrease.withDefaults()
                .estimate(surface, theta, Noise.uniformInBall(radius), seed);
        double rounding = 1e-14 * (1 + Math.abs(highest.loss()));
        assertThat(highest.increase().value())
            .isGreaterThanOrEqualTo(
                mean.mean().value() - 4 * mean.mean().standardError().orElseThrow() - rounding);
        double[] moved = highest.perturbation();
        Vectors.addMultiple(1, theta, moved);
        assertThat(surface.value(moved) - surface.value(theta))
            .isCloseTo(highest.increase().value(), within(rounding));
      }
    }
  }

  /** One linear layer under squared error: L is quadratic, the teacher its minimum. */
  private static NetworkSurface leastSquares() {
    int samples = 40;
    double[] inputs = Vectors.gaussian(samples * 3, Seed.of(1));
    double[] weight = {1, -2, 0.5};
    double[] targets = new double[samples];
    for (int i = 0; i < samples; i++) {
      for (int j = 0; j < 3; j++) {
        targets[i] += weight[j] * inputs[3 * i + j];
      }
    }
    Network network = Network.sequential(3).dense("fc", Tensor.of(weight, 1, 3), null).build();
    Dataset data = Datasets.of(Tensor.of(inputs, samples, 3), Tensor.of(targets, samples, 1));
    return Cases.surface(network, data, SquaredError.summed());
  }

  @Test
  void atTheMinimumOfAQuadraticItIsItsQuadraticValue() {
    NetworkSurface surface = leastSquares();
    Estimate sharpness = only(EpsilonSharpness.withDefaults(), surface, 0.1);
    double quadratic = only(QuadraticSharpness.withDefaults(), surface, 0.1).value();
    assertThat(sharpness.status()).isEqualTo(Status.LOWER_BOUND);
    assertThat(sharpness.value()).isCloseTo(quadratic, within(1e-4 * quadratic));
    assertThat((Double) sharpness.details().get("quadratic"))
        .isCloseTo(quadratic, within(1e-12 * quadratic));
    double trace = only(HessianTrace.withDefaults(), surface, 0.1).value();
    // Yi §5: (1 + L) · sharpness ≥ ε² Tr H / (2 p).
    assertThat(sharpness.value()).isGreaterThanOrEqualTo(0.01 * trace / 6);
    Estimate expected = only(ExpectedSharpness.withDefaults(), surface, 0.1);
    assertThat(expected.value())
        .isCloseTo(0.01 / 2 * trace, within(4 * expected.standardError().orElseThrow()));
    assertThat(expected.details()).containsEntry("sigma", 0.1).containsEntry("pairs", 16);
  }

  @Test
  void largerSetsHaveHigherLosses() {
    NetworkSurface surface = leastSquares();
    double ball = only(EpsilonSharpness.withDefaults(), surface, 0.1).value();
    double cube = only(EpsilonSharpness.maxNorm(), surface, 0.1).value();
    double box = only(EpsilonSharpness.box(), surface, 0.1).value();
    double line = only(EpsilonSharpness.subspace(1), surface, 0.1).value();
    double all = only(EpsilonSharpness.subspace(3), surface, 0.1).value();
    assertThat(ball).isLessThanOrEqualTo(cube);
    assertThat(cube).isLessThan(box);
    assertThat(line).isPositive().isLessThan(all);
  }

  /**
   * Dinh §4.3: with α = ε/‖θ₁‖ the zero first layer comes within reach, and ε-sharpness is at least
   * that of a constant function.
   */
  @Test
  void rescalingMakesANetworkAsSharpAsAConstantFunction() {
    double[] theta = Vectors.gaussian(33, Seed.of(5));
    Network network =
        Network.sequential(2)
            .dense("fc1", part(theta, 0, 8, 2), part(theta, 16, 8))
            .relu()
            .dense("fc2", part(theta, 24, 1, 8), part(theta, 32, 1))
            .build();
    double[] inputs = Vectors.gaussian(60, Seed.of(6));
    double[] targets = new double[30];
    // Targets are the network's own outputs: an exact minimum, far from a constant.
    for (int i = 0; i < 30; i++) {
      targets[i] = output(theta, inputs[2 * i], inputs[2 * i + 1]);
    }
    NetworkSurface surface =
        Cases.surface(
            network,
            Datasets.of(Tensor.of(inputs, 30, 2), Tensor.of(targets, 30, 1)),
            SquaredError.summed());
    assertThat(surface.value(theta)).isLessThan(1e-20);
    double epsilon = 0.05;
    double mean = Arrays.stream(targets).average().orElseThrow();
    double constant = Arrays.stream(targets).map(t -> (t - mean) * (t - mean)).sum() / 30;
    Node first = network.weightLayers().get(0);
    double length = Vectors.norm(Arrays.copyOf(theta, 24));
    Network moved =
        Rescaling.alpha(ScaleClasses.of(network), first, epsilon / length).applyTo(network);
    double before = only(EpsilonSharpness.withDefaults(), surface, epsilon).value();
    double after =
        only(EpsilonSharpness.withDefaults(), Cases.moved(surface, moved), epsilon).value();
    assertThat(before).isLessThan(0.1 * constant);
    assertThat(after).isGreaterThan(constant);
  }

  private static Tensor part(double[] theta, int from, int... shape) {
    int size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    return Tensor.of(Arrays.copyOfRange(theta, from, from + size), shape);
  }

  /** 8 hidden units in θ's own order: weights, biases, weights, bias. */
  private static double output(double[] theta, double x, double y) {
    double sum = theta[32];
    for (int h = 0; h < 8; h++) {
      double z = theta[2 * h] * x + theta[2 * h + 1] * y + theta[16 + h];
      sum += theta[24 + h] * Math.max(0, z);
    }
    return sum;
  }

  /** The certificate is checked by building the boxes. */
  @Test
  void boxesOfTheVolumeAreDisjointAndStayBelow() {
    int halved = 0;
    for (int i = 0; i < 20; i++) {
      Seed seed = Seed.of(70).split(i);
      Network network =
          RandomNetworks.withDefaults()
              .withArchitectures(RandomNetworks.Architecture.DENSE)
              .draw(seed);
      NetworkSurface surface = Cases.surface(network, seed);
      double epsilon = 0.05;
      Estimate estimate = only(VolumeFlatness.withDefaults(), surface, epsilon);
      if (estimate.status() == Status.NOT_APPLICABLE) {
        // All hidden units of the draw are anchored.
        continue;
      }
      assertThat(estimate.status()).isEqualTo(Status.INFINITE);
      assertThat(estimate.value()).isNaN();
      Map<?, ?> facts = (Map<?, ?>) estimate.details().get("certificate");
      double radius = (Double) facts.get("radius");
      double alpha = (Double) facts.get("alpha");
      VolumeCertificate boxes = VolumeCertificate.of(network).orElseThrow();
      double[] theta = network.parameterVector();
      double loss = surface.value(theta);
      double sampled = (Double) facts.get("sampledRadius");
      double first = (Double) facts.get("largestIncoming") / 2;
      assertThat(sampled).isEqualTo(first / Math.scalb(1, Math.getExponent(first / sampled)));
      assertThat((Double) facts.get("lookedAtRadius")).isEqualTo(2 * sampled);
      if (2 * sampled < first) {
        // One of the points of the box of twice the radius looked at reached L + ε.
        SharpnessResult doubled =
            SharpnessSearch.withDefaults()
                .maximize(
                    surface,
                    theta,
                    PerturbationSet.ball(theta.length, Norm.MAX, 4 * sampled),
                    seed);
        assertThat(doubled.increase().value()).isGreaterThanOrEqualTo(epsilon);
        halved++;
      }
      SharpnessResult highest =
          SharpnessSearch.withDefaults()
              .withStarts(12)
              .maximize(
                  surface,
                  theta,
                  PerturbationSet.ball(theta.length, Norm.MAX, sampled),
                  seed.split("another search"));
      assertThat(highest.increase().value()).isLessThan(epsilon);
      assertThat((Double) facts.get("highestIncrease")).isBetween(0.0, epsilon);
      boolean grows = facts.get("transformation").equals("T_alpha");
      assertThat(grows)
          .isEqualTo((Integer) facts.get("incoming") >= (Integer) facts.get("outgoing"));
      List<?> volumes = (List<?>) facts.get("logVolumes");
      for (int k = 0; k < 4; k++) {
        Rescaling rescaling = boxes.rescaling(alpha, k);
        double logVolume = 0;
        double[] centre = rescaling.applyTo(network).parameterVector();
        for (int e = 0; e < theta.length; e++) {
          double scale = scale(rescaling, e);
          logVolume += Math.log(2 * radius * scale);
          assertThat(theta[e] * scale).isCloseTo(centre[e], within(1e-12 * Math.abs(centre[e])));
        }
        assertThat(logVolume)
            .isCloseTo((Double) volumes.get(k), within(1e-9 * Math.abs(logVolume)));
        RandomGenerator random = seed.split("inside").split(k).generator();
        for (int draw = 0; draw < 5; draw++) {
          double[] inside = theta.clone();
          for (int e = 0; e < theta.length; e++) {
            double delta = radius * (2 * random.nextDouble() - 1);
            inside[e] = (theta[e] + delta) * scale(rescaling, e);
          }
          assertThat(surface.value(inside)).isLessThan(loss + epsilon);
        }
        // θ₁'s largest entry lies in separate intervals.
        double largest = boxes.largestIn();
        double factor = Math.pow(alpha, grows ? k : -k);
        double next = factor * (grows ? alpha : 1 / alpha);
        double upper = Math.min(factor, next) * (largest + radius);
        double lower = Math.max(factor, next) * (largest - radius);
        assertThat(upper).isLessThan(lower);
      }
    }
    assertThat(halved).isGreaterThan(6);
  }

  private static double scale(Rescaling rescaling, int position) {
    ScaleClasses.Edge edge = rescaling.classes().edge(position);
    return rescaling.factor(edge.to()) / rescaling.factor(edge.from());
  }

  @Test
  void volumesWithoutAUnitToRescaleAreNotDefined() {
    NetworkSurface surface = leastSquares();
    Estimate estimate = only(VolumeFlatness.withDefaults(), surface, 0.1);
    assertThat(estimate.status()).isEqualTo(Status.NOT_APPLICABLE);
    assertThat(estimate.reason())
        .hasValue(
            "no hidden unit that can be rescaled has both a non-zero incoming parameter and a"
                + " non-zero outgoing weight, so the volume cannot be shown to be infinite");
    Estimate subspace = only(EpsilonSharpness.subspace(), surface, 0.1);
    assertThat(subspace.reason())
        .hasValue("the network has 3 parameters, fewer than the subspace's 100");
  }

  @Test
  void aPassedTimeLimitIsSaidByEveryMeasure() throws InterruptedException {
    Subject late =
        Subject.of(
            Cases.surface(RandomNetworks.withDefaults().draw(Seed.of(3)), Seed.of(3)),
            Settings.withDefaults().with(Settings.TIME_LIMIT, Duration.ofNanos(1)),
            Monitor.NONE,
            Seed.of(0));
    Thread.sleep(1);
    for (Measure measure :
        List.of(
            EpsilonSharpness.withDefaults(),
            AdaptiveSharpness.withDefaults(),
            AdaptiveSharpness.average(),
            ExpectedSharpness.withDefaults(),
            VolumeFlatness.withDefaults())) {
      Estimate estimate = measure.evaluate(late.withSeed(Cases.SEED)).get(0);
      assertThat(estimate.status()).as(measure.id()).isEqualTo(Status.NOT_CONVERGED);
      assertThat(estimate.reason().orElseThrow()).startsWith("the time limit has passed");
    }
  }
}
