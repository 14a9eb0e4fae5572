package dev.flatness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.flatness.coordinates.PulledBackSurface;
import dev.flatness.coordinates.WeightNormalization;
import dev.flatness.data.Dataset;
import dev.flatness.linalg.SymmetricOperator;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.sharpness.PerturbationSet;
import dev.flatness.sharpness.SharpnessSearch;
import dev.flatness.spectral.Lanczos;
import dev.flatness.surface.Curvature;
import dev.flatness.surface.LossSurface;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.ParameterSet;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import dev.flatness.testkit.RandomDatasets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What weight normalization does to flatness (Dinh et al. 2017, §5.1): v → t v changes no weight,
 * but all that is measured in v. Factors of two are exact, so that agreement is to rounding.
 */
class WeightNormalizationTest {
  /** A network in weight normalization on data. */
  private record Case(Network network, Dataset data) {
    WeightNormalization coordinates() {
      return WeightNormalization.of(network);
    }

    double[] eta() {
      return coordinates().coordinatesOf(network.parameterVector());
    }

    PulledBackSurface surface() {
      return new PulledBackSurface(
          NetworkSurface.of(network, data, SoftmaxCrossEntropy.onLogits()), coordinates());
    }

    /** All directions, or all lengths. */
    ParameterSet directions() {
      List<ParameterSet.Range> ranges = new ArrayList<>();
      network
          .weightLayers()
          .forEach(
              node ->
                  ranges.add(
                      new ParameterSet.Range(
                          network.weight(node).offset(), network.weight(node).size())));
      return new ParameterSet(ranges);
    }

    double top(double[] eta) {
      return Lanczos.withDefaults()
          .withTolerance(1e-9)
          .withEnds(Lanczos.End.LARGEST)
          .run(surface().curvature(Curvature.HESSIAN, eta, directions()), Seed.of(1))
          .largest()
          .value();
    }
  }

  static Stream<Named<Case>> cases() {
    return Stream.of(1L, 2L, 3L)
        .map(
            seed -> {
              Network network = CoordinateMeasuresTest.network(new Random(seed));
              Dataset data = RandomDatasets.labelled(network, 20, Seed.of(seed));
              return Named.of("random " + seed, new Case(network, data));
            });
  }

  static Stream<Named<Case>> real() {
    Network network = RealNetworks.read("joeylical__archieve_onnx_to_code__mnist");
    return Stream.of(
        Named.of(
            "a convolutional network",
            new Case(network, RealNetworks.mnist(network, 200, .5, .5))));
  }

  @ParameterizedTest
  @MethodSource({"cases", "real"})
  void everyLengthOfTheDirectionsIsTheSameFunction(Case of) {
    for (double t : new double[] {1e-6, 0.25, 3, 1e6}) {
      double[] moved = of.coordinates().withDirectionsTimes(of.eta(), t);
      double[] theta = of.coordinates().parametersAt(moved);
      double[] expected = of.network().parameterVector();
      for (int i = 0; i < theta.length; i++) {
        assertThat(theta[i]).isCloseTo(expected[i], within(1e-14 * (1 + Math.abs(expected[i]))));
      }
    }
  }

  /** λ(t) = λ(1)/t²: infinitely sharp for t → 0, infinitely flat for t → ∞. */
  @ParameterizedTest
  @MethodSource({"cases", "real"})
  void theCurvatureInTheDirectionsIsInverselyQuadraticInTheirLength(Case of) {
    double one = of.top(of.eta());
    assertThat(one).isPositive();
    for (double t : new double[] {1.0 / 1024, 0.5, 1024}) {
      double[] moved = of.coordinates().withDirectionsTimes(of.eta(), t);
      assertThat(of.top(moved)).isCloseTo(one / (t * t), withinPercentage(1e-6));
    }
  }

  /** All blocks at once: v-v scales by t⁻², v-s by t⁻¹, s-s not at all. */
  @ParameterizedTest
  @MethodSource({"cases", "real"})
  void everyProductScalesByItsBlocks(Case of) {
    double t = 64;
    int n = of.coordinates().dimension();
    double[] direction = new Random(5).doubles(n, -1, 1).toArray();
    double[] there = of.coordinates().withDirectionsTimes(direction, t);
    double[] moved = of.coordinates().withDirectionsTimes(of.eta(), t);
    double[] here = of.surface().hessian(of.eta()).apply(direction);
    // D⁻¹ H D⁻¹ with D = t in v: the product with D d is D⁻¹ H d.
    double[] scaled =
        of.coordinates().withDirectionsTimes(of.surface().hessian(moved).apply(there), t);
    double size = Arrays.stream(here).map(Math::abs).max().orElseThrow();
    for (int i = 0; i < n; i++) {
      assertThat(scaled[i]).isCloseTo(here[i], within(1e-11 * size));
    }
  }

  /** Boxes around v scaled by t_k = t^k hold the same losses, and t^{kn} times the volume. */
  @ParameterizedTest
  @MethodSource({"cases", "real"})
  void everyBoxHasScaledCopiesOfTheSameLosses(Case of) {
    Random random = new Random(3);
    for (int draw = 0; draw < 5; draw++) {
      double[] near = of.eta();
      for (int i = 0; i < of.coordinates().parameters(); i++) {
        near[i] += 1e-2 * (2 * random.nextDouble() - 1);
      }
      double loss = of.surface().value(near);
      for (int k = 1; k <= 4; k++) {
        double[] copy = of.coordinates().withDirectionsTimes(near, Math.scalb(1, 3 * k));
        assertThat(of.surface().value(copy)).isEqualTo(loss);
      }
    }
  }

  /** The sharpness in a ball of v at t v is that of a ball of radius ε/t at v. */
  @ParameterizedTest
  @MethodSource("cases")
  void sharpnessBecomesAsLowOrHighAsWanted(Case of) {
    double epsilon = 0.1;
    double last = Double.POSITIVE_INFINITY;
    for (double t : new double[] {0.25, 1, 16, 256}) {
      double found = sharpness(of, t, epsilon);
      assertThat(found).isCloseTo(sharpness(of, 1, epsilon / t), withinPercentage(1));
      assertThat(found).isLessThan(last);
      last = found;
    }
    assertThat(last).isLessThan(1e-2 * sharpness(of, 0.25, epsilon));
  }

  /** Over v alone; lengths and biases stay. */
  private static double sharpness(Case of, double t, double epsilon) {
    double[] eta = of.coordinates().withDirectionsTimes(of.eta(), t);
    DirectionsSurface surface = new DirectionsSurface(of.surface(), eta, of.directions());
    double[] v = surface.start();
    return SharpnessSearch.withDefaults()
        .maximize(
            surface,
            v,
            PerturbationSet.ball(v.length, PerturbationSet.Norm.TWO, epsilon),
            Seed.of(2))
        .sharpness()
        .value();
  }

  /** At ‖v‖ = 1 rescaling a layer by α still divides the curvature in its lengths by α². */
  @ParameterizedTest
  @MethodSource("cases")
  void unitDirectionsDoNotFixTheLengths(Case of) {
    Network network = of.network();
    double alpha = 1.0 / 128;
    Network moved =
        Rescaling.alpha(ScaleClasses.of(network), network.weightLayers().get(0), alpha)
            .applyTo(network);
    Case there = new Case(moved, of.data());
    int p = of.coordinates().parameters();
    int rows = network.weight(network.weightLayers().get(0)).shape().extent(0);
    ParameterSet lengths = new ParameterSet(List.of(new ParameterSet.Range(p, rows)));
    double[] direction = new Random(6).doubles(rows, -1, 1).toArray();
    double[] before = of.surface().curvature(Curvature.HESSIAN, of.eta(), lengths).apply(direction);
    double[] after =
        there.surface().curvature(Curvature.HESSIAN, there.eta(), lengths).apply(direction);
    double size = Arrays.stream(before).map(Math::abs).max().orElseThrow();
    for (int i = 0; i < rows; i++) {
      assertThat(after[i] * alpha * alpha).isCloseTo(before[i], within(1e-10 * size));
    }
    // The directions are those before, and so is the curvature in them.
    double[] eta = of.eta();
    double[] moves = there.eta();
    for (int i = 0; i < network.weight(network.weightLayers().get(0)).size(); i++) {
      assertThat(moves[i]).isCloseTo(eta[i], within(1e-15));
    }
    assertThat(there.top(moves)).isCloseTo(of.top(eta), withinPercentage(1e-6));
  }

  /** The surface of the directions alone; the other coordinates stay those of a point. */
  private record DirectionsSurface(LossSurface whole, double[] eta, ParameterSet directions)
      implements LossSurface {
    double[] start() {
      double[] v = new double[directions.size()];
      directions.restrict(eta, v);
      return v;
    }

    private double[] at(double[] v) {
      double[] point = eta.clone();
      int read = 0;
      for (ParameterSet.Range range : directions.ranges()) {
        System.arraycopy(v, read, point, range.offset(), range.length());
        read += range.length();
      }
      return point;
    }

    @Override
    public int dimension() {
      return directions.size();
    }

    @Override
    public double value(double[] v) {
      return whole.value(at(v));
    }

    @Override
    public double valueAndGradient(double[] v, double[] gradient) {
      double[] all = new double[eta.length];
      double value = whole.valueAndGradient(at(v), all);
      directions.restrict(all, gradient);
      return value;
    }

    @Override
    public SymmetricOperator curvature(Curvature kind, double[] v, ParameterSet parameters) {
      return whole.curvature(kind, at(v), directions);
    }
  }
}
