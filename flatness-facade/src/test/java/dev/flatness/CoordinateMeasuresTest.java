package dev.flatness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.flatness.basispath.SkeletonRule;
import dev.flatness.coordinates.AffineMap;
import dev.flatness.coordinates.Coordinates;
import dev.flatness.coordinates.WeightNormalization;
import dev.flatness.data.Dataset;
import dev.flatness.hessian.EpsilonSharpness;
import dev.flatness.loss.SoftmaxCrossEntropy;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Invariance;
import dev.flatness.measure.Status;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.spectral.DenseSymmetric;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.symmetry.Rescaling;
import dev.flatness.symmetry.ScaleClasses;
import dev.flatness.tensor.Tensor;
import dev.flatness.testkit.RandomDatasets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Measures that need no layers, in other coordinates. */
class CoordinateMeasuresTest {
  private static final List<String> EXACT =
      List.of("hessian-trace", "hessian-frobenius-norm", "l2-norm-squared");

  /** Lanczos ends at a residual of 1e-6, and errors of eigenvalues are about its square. */
  private static final List<String> FOUND =
      List.of("hessian-top-eigenvalue", "hessian-bottom-eigenvalue", "epsilon-sharpness-quadratic");

  private static final List<String> ALL =
      List.of(
          "hessian-trace",
          "hessian-top-eigenvalue",
          "hessian-bottom-eigenvalue",
          "hessian-frobenius-norm",
          "epsilon-sharpness",
          "epsilon-sharpness-max-norm",
          "epsilon-sharpness-box",
          "epsilon-sharpness-quadratic",
          "expected-sharpness",
          "l2-norm-squared");

  private final Network network = network(new Random(4));
  private final Dataset data = RandomDatasets.labelled(network, 25, Seed.of(4));

  private Flatness.Measuring measuring(Network of, List<String> ids) {
    return Flatness.of(of)
        .on(data, SoftmaxCrossEntropy.onLogits())
        .measure(ids.toArray(String[]::new))
        .seed(3);
  }

  private FlatnessReport in(CoordinateSystem system, List<String> ids) {
    return measuring(network, ids).in(system).report();
  }

  @Test
  void inTheWeightsTheyAreWhatTheyAre() {
    FlatnessReport plain = measuring(network, ALL).report();
    FlatnessReport there = in(CoordinateSystem.weights(), ALL);
    assertThat(there.estimates()).hasSize(ALL.size());
    for (String id : ALL) {
      assertThat(there.network(id).value())
          .as(id)
          .isCloseTo(plain.network(id).value(), withinPercentage(1e-6));
    }
  }

  @Test
  void theRescaledNetworkIsMeasuredInItsParameters() {
    Rescaling rescaling = Rescaling.random(ScaleClasses.of(network), 10, Seed.of(6));
    FlatnessReport there = in(CoordinateSystem.rescaled(rescaling), ALL);
    FlatnessReport plain = measuring(rescaling.applyTo(network), ALL).report();
    for (String id : EXACT) {
      assertThat(there.network(id).value())
          .as(id)
          .isCloseTo(plain.network(id).value(), withinPercentage(1e-9));
    }
    for (String id : FOUND) {
      assertThat(there.network(id).value())
          .as(id)
          .isCloseTo(plain.network(id).value(), withinPercentage(1e-6));
    }
    // A search and a draw follow the same path, to rounding.
    for (String id : List.of("epsilon-sharpness", "expected-sharpness")) {
      assertThat(there.network(id).value())
          .as(id)
          .isCloseTo(plain.network(id).value(), withinPercentage(1e-4));
    }
  }

  @Test
  void inBasisPathsTheyArePsiFlatness() {
    FlatnessReport psi =
        measuring(
                network,
                List.of(
                    "psi-trace",
                    "psi-top-eigenvalue",
                    "psi-bottom-eigenvalue",
                    "psi-epsilon-sharpness",
                    "psi-l2-norm-squared"))
            .with(EpsilonSharpness.EPSILON, 1e-6)
            .report();
    FlatnessReport there =
        measuring(network, ALL)
            .in(CoordinateSystem.basisPaths(SkeletonRule.auto()))
            .with(EpsilonSharpness.EPSILON, 1e-6)
            .report();
    Map.of(
            "hessian-trace", "psi-trace",
            "hessian-top-eigenvalue", "psi-top-eigenvalue",
            "hessian-bottom-eigenvalue", "psi-bottom-eigenvalue",
            "epsilon-sharpness", "psi-epsilon-sharpness",
            "l2-norm-squared", "psi-l2-norm-squared")
        .forEach(
            (here, other) ->
                assertThat(there.network(here).value())
                    .as(other)
                    .isCloseTo(psi.network(other).value(), withinPercentage(1e-4)));
    assertThat(there.network("hessian-trace").details())
        .containsEntry("coordinates", "basis-paths")
        .containsEntry("skeleton", "auto");
  }

  @Test
  void inLogarithmsTheTraceHasTheGradientToo() {
    double[] theta = network.parameterVector();
    double[] gradient = new double[theta.length];
    NetworkSurface.of(network, data, SoftmaxCrossEntropy.onLogits())
        .valueAndGradient(theta, gradient);
    double expected =
        measuring(network, List.of("log-weight-trace"))
            .report()
            .network("log-weight-trace")
            .value();
    for (int i = 0; i < theta.length; i++) {
      expected += theta[i] * gradient[i];
    }
    FlatnessReport there = in(CoordinateSystem.logMagnitude(), List.of("hessian-trace"));
    assertThat(there.network("hessian-trace").value()).isCloseTo(expected, withinPercentage(1e-9));
  }

  @Test
  void inRadialCoordinatesAllDerivativesScale() {
    FlatnessReport plain = measuring(network, ALL).report();
    FlatnessReport there = in(CoordinateSystem.radial(1, 0.5, 0.005), ALL);
    for (String id : List.of("hessian-trace", "hessian-frobenius-norm", "hessian-top-eigenvalue")) {
      assertThat(there.network(id).value())
          .as(id)
          .isCloseTo(1e4 * plain.network(id).value(), withinPercentage(1e-6));
    }
    assertThat(there.network("l2-norm-squared").value())
        .isEqualTo(plain.network("l2-norm-squared").value());
    assertThat(there.network("hessian-trace").details())
        .containsEntry("coordinates", "radial")
        .containsEntry("imageRadius", 0.005);
    assertThat(there.network("hessian-trace").invariance()).isEqualTo(Invariance.NONE);
  }

  @Test
  void weightNormalizationIsMeasuredAtUnitDirections() {
    WeightNormalization coordinates = WeightNormalization.of(network);
    double[] eta = coordinates.coordinatesOf(network.parameterVector());
    var surface = NetworkSurface.of(network, data, SoftmaxCrossEntropy.onLogits());
    double trace =
        DenseSymmetric.of(
                new dev.flatness.coordinates.PulledBackSurface(surface, coordinates).hessian(eta))
            .trace();
    FlatnessReport there =
        in(CoordinateSystem.weightNormalization(), List.of("hessian-trace", "l2-norm-squared"));
    assertThat(there.network("hessian-trace").value()).isCloseTo(trace, withinPercentage(1e-10));
    assertThat(there.network("l2-norm-squared").value())
        .isCloseTo(Arrays.stream(eta).map(x -> x * x).sum(), withinPercentage(1e-12));
  }

  @Test
  void systemsAreComposedWithOwnCoordinates() {
    CoordinateSystem halves =
        CoordinateSystem.weights()
            .compose(
                "doubled",
                eta -> {
                  double[] scale = new double[eta.length];
                  Arrays.fill(scale, 0.5);
                  Coordinates half = AffineMap.diagonal(scale, new double[eta.length]);
                  return half;
                });
    double plain =
        measuring(network, List.of("hessian-trace")).report().network("hessian-trace").value();
    Estimate there = in(halves, List.of("hessian-trace")).network("hessian-trace");
    assertThat(there.value()).isCloseTo(plain / 4, withinPercentage(1e-9));
    assertThat(there.details()).containsEntry("coordinates", "doubled");
  }

  @Test
  void whatNeedsLayersIsRefusedByNameAndSkippedInGroups() {
    assertThatThrownBy(
            () ->
                measuring(network, List.of("kappa", "hessian-trace", "rho-max"))
                    .in(CoordinateSystem.logMagnitude()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "measures kappa, rho-max need the network's layers or are defined by its parameters,"
                + " so they do not exist in the coordinates log-magnitude; expected some of"
                + " hessian-trace, hessian-top-eigenvalue, l2-norm-squared,"
                + " hessian-bottom-eigenvalue, hessian-frobenius-norm, epsilon-sharpness,"
                + " epsilon-sharpness-quadratic, expected-sharpness, epsilon-sharpness-max-norm,"
                + " epsilon-sharpness-box, epsilon-sharpness-subspace");
    FlatnessReport there = in(CoordinateSystem.logMagnitude(), List.of("classical"));
    assertThat(there.network("volume-flatness").status()).isEqualTo(Status.NOT_APPLICABLE);
    assertThat(there.network("hessian-trace").status()).isEqualTo(Status.EXACT);
  }

  @Test
  void aNetworkWithoutTheCoordinatesIsRefused() {
    double[] theta = network.parameterVector();
    Arrays.fill(theta, 0, 4, 0);
    Network zero = network.withParameters(theta);
    Flatness.Measuring measuring =
        measuring(zero, List.of("hessian-trace")).in(CoordinateSystem.weightNormalization());
    assertThatThrownBy(measuring::report)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "measure \"hessian-trace\" is not defined here: the network has no"
                + " weight-normalization coordinates: row 0 of fc1.weight has the length 0.0");
  }

  @Test
  void aPerturbationBeyondTheDomainIsAStatus() {
    FlatnessReport there =
        measuring(network, List.of("epsilon-sharpness", "hessian-trace"))
            .in(CoordinateSystem.basisPaths(SkeletonRule.auto()))
            .with(EpsilonSharpness.EPSILON, 1e3)
            .report();
    assertThat(there.network("epsilon-sharpness").status()).isEqualTo(Status.OUTSIDE_CHART);
    assertThat(there.network("hessian-trace").status()).isEqualTo(Status.EXACT);
  }

  @Test
  void theWorkIsThatInTheCoordinates() {
    int p = network.parameterCount();
    assertThat(
            measuring(network, List.of("hessian-trace")).in(CoordinateSystem.logMagnitude()).work())
        .singleElement()
        .satisfies(work -> assertThat(work.passes()).isCloseTo(p, within(0.0)));
  }

  static Network network(Random random) {
    return Network.sequential(4)
        .dense("fc1", tensor(random, 5, 4), tensor(random, 5))
        .relu()
        .dense("fc2", tensor(random, 5, 5), tensor(random, 5))
        .relu()
        .dense("fc3", tensor(random, 3, 5), tensor(random, 3))
        .build();
  }

  private static Tensor tensor(Random random, int... shape) {
    int size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    double[] values = new double[size];
    Arrays.setAll(values, i -> random.nextGaussian());
    return Tensor.of(values, shape);
  }
}
