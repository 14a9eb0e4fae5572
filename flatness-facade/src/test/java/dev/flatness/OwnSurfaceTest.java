package dev.flatness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flatness.hessian.HessianTrace;
import dev.flatness.hessian.SurfaceMeasure;
import dev.flatness.loss.SquaredError;
import dev.flatness.measure.Estimate;
import dev.flatness.measure.Settings;
import dev.flatness.measure.Status;
import dev.flatness.network.Network;
import dev.flatness.random.Seed;
import dev.flatness.spectral.Eigenpairs;
import dev.flatness.spectral.RitzPair;
import dev.flatness.surface.DifferencedSurface;
import dev.flatness.surface.LossSurface;
import dev.flatness.surface.NetworkSurface;
import dev.flatness.surface.SurfaceOptions;
import dev.flatness.tensor.Precision;
import dev.flatness.testkit.RandomDatasets;
import dev.flatness.testkit.RandomNetworks;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Surfaces of one's own have every measure that needs no network, and its numbers. */
class OwnSurfaceTest {
  private static final Seed SEED = Seed.of(31);
  private static final Network NETWORK =
      RandomNetworks.withDefaults().withSmoothActivations(true).draw(SEED);
  private static final double[] THETA = NETWORK.parameterVector();
  private static final NetworkSurface EXACT = surface(Precision.FLOAT64);

  /** The same function without its network. */
  private static final LossSurface OWN =
      LossSurface.of(
          THETA.length, EXACT::valueAndGradient, (theta, v) -> EXACT.hessian(theta).apply(v));

  private static final List<String> IDS = MeasureCatalog.installed().surfaceMeasures();

  private static NetworkSurface surface(Precision precision) {
    return NetworkSurface.of(
        NETWORK,
        RandomDatasets.real(NETWORK, 9, SEED),
        SquaredError.summed(),
        SurfaceOptions.withDefaults().withPrecision(precision));
  }

  private static DifferencedSurface differenced(Precision precision) {
    return DifferencedSurface.of(THETA.length, surface(precision)::valueAndGradient);
  }

  private static FlatnessReport ofNetwork(String... ids) {
    return Flatness.of(NETWORK)
        .on(RandomDatasets.real(NETWORK, 9, SEED), SquaredError.summed())
        .measure(ids)
        .report();
  }

  /** What has too few parameters for its subspace is left out. */
  private static String[] ids() {
    return IDS.stream()
        .filter(id -> THETA.length >= 100 || !id.equals("epsilon-sharpness-subspace"))
        .toArray(String[]::new);
  }

  @Test
  void theNumbersAreThoseOfTheNetwork() {
    SurfaceReport own = Flatness.of(OWN, THETA).measure(ids()).report();
    FlatnessReport there = ofNetwork(ids());
    assertThat(own.acceptable()).isTrue();
    assertThat(own.loss()).isEqualTo(there.evaluation().loss());
    assertThat(own.gradientNorm()).isEqualTo(there.gradientNorm());
    assertThat(own.recordedSettings()).doesNotContainKey("productError");
    for (String id : List.of("hessian-trace", "hessian-frobenius-norm", "l2-norm-squared")) {
      double exact = there.network(id).value();
      assertThat(own.estimate(id).value()).as(id).isCloseTo(exact, within(1e-9 * exact));
    }
    for (String id : List.of("hessian-top-eigenvalue", "hessian-bottom-eigenvalue")) {
      double norm = there.network("hessian-frobenius-norm").value();
      assertThat(own.estimate(id).value())
          .as(id)
          .isCloseTo(there.network(id).value(), within(3e-6 * norm));
    }
    assertThat(own.estimates()).allSatisfy(e -> assertThat(e.invariance().permutation()).isFalse());
  }

  @Test
  void differencesComeWithTheirError() {
    for (Precision precision : Precision.values()) {
      SurfaceReport own = Flatness.of(differenced(precision), THETA).measure(ids()).report();
      double error = (double) own.recordedSettings().get("productError");
      assertThat(own.acceptable()).isTrue();
      FlatnessReport there = ofNetwork(ids());
      for (String id : List.of("hessian-top-eigenvalue", "hessian-bottom-eigenvalue")) {
        Estimate found = own.estimate(id);
        double norm = there.network("hessian-frobenius-norm").value();
        assertThat(found.residual().orElseThrow() * norm).as(id).isGreaterThanOrEqualTo(error);
        assertThat(found.value())
            .as(id)
            .isCloseTo(
                there.network(id).value(), within(norm * (found.residual().orElseThrow() + 1e-6)));
      }
      for (String id : List.of("hessian-trace", "hessian-frobenius-norm")) {
        Estimate found = own.estimate(id);
        assertThat(found.status()).isEqualTo(Status.ESTIMATED);
        assertThat(found.reason().orElseThrow()).contains("for the error of the products");
        assertThat(found.value())
            .as(id)
            .isCloseTo(there.network(id).value(), within(2 * found.standardError().orElseThrow()));
      }
    }
  }

  @Test
  void aToleranceBelowTheErrorIsNotMet() {
    SurfaceReport own =
        Flatness.of(differenced(Precision.FLOAT32), THETA)
            .measure("hessian-top-eigenvalue")
            .with(Settings.TOLERANCE, 1e-9)
            .report();
    Estimate top = own.estimate("hessian-top-eigenvalue");
    assertThat(top.status()).isEqualTo(Status.NOT_CONVERGED);
    assertThat(top.reason())
        .contains(
            "the residual is at the error of the products, which is too large for the tolerance");
    assertThat(top.products().orElseThrow()).isLessThan(THETA.length + 20);
  }

  @Test
  void theSpectrumKnowsTheErrorToo() {
    SpectrumRequest request =
        Flatness.of(differenced(Precision.FLOAT32), THETA).spectrum().ends(3, 1).density(2, 20);
    SpectrumReport found = request.report();
    double error = (double) found.recordedSettings().get("productError");
    assertThat(found.acceptable()).isTrue();
    assertThat(found.evaluation().accuracy()).isNaN();
    Eigenpairs pairs = found.spectra().get(0).eigenpairs().orElseThrow();
    Eigenpairs exact =
        Flatness.of(OWN, THETA)
            .spectrum()
            .ends(3, 1)
            .density(0, 1)
            .report()
            .spectra()
            .get(0)
            .eigenpairs()
            .orElseThrow();
    for (int i = 0; i < 3; i++) {
      RitzPair pair = pairs.largest().get(i);
      assertThat(pair.residual()).isGreaterThanOrEqualTo(error);
      assertThat(pair.value())
          .isCloseTo(exact.largest().get(i).value(), within(2 * pair.residual()));
    }
    assertThat(found.spectra().get(0).density().orElseThrow().reason())
        .contains("every node has the error");
    Eigenpairs asked =
        request.with(Settings.TOLERANCE, 1e-9).report().spectra().get(0).eigenpairs().orElseThrow();
    assertThat(asked.status()).isEqualTo(Status.NOT_CONVERGED);
    assertThat(asked.reason()).contains("at the error of the products");
    assertThat(asked.products()).isLessThan(1000);
  }

  @Test
  void coordinatesOfTheParametersAloneWork() {
    double exact =
        Flatness.of(NETWORK)
            .on(RandomDatasets.real(NETWORK, 9, SEED), SquaredError.summed())
            .measure("hessian-trace")
            .in(CoordinateSystem.logMagnitude())
            .report()
            .network("hessian-trace")
            .value();
    for (LossSurface surface : List.of(OWN, differenced(Precision.FLOAT64))) {
      SurfaceReport own =
          Flatness.of(surface, THETA)
              .measure("hessian-trace")
              .in(CoordinateSystem.logMagnitude())
              .report();
      Estimate trace = own.estimate("hessian-trace");
      assertThat(trace.value()).isCloseTo(exact, within(1e-6 * Math.abs(exact)));
      assertThat(trace.details()).containsEntry("coordinates", "log-magnitude");
    }
    assertThatThrownBy(
            () ->
                Flatness.of(OWN, THETA)
                    .measure("hessian-trace")
                    .in(CoordinateSystem.weightNormalization())
                    .report())
        .hasMessageContaining("the coordinates weight-normalization need a network");
  }

  @Test
  void composedCoordinatesOfThePointWork() {
    SurfaceReport own =
        Flatness.of(OWN, THETA)
            .measure("hessian-top-eigenvalue")
            .in(
                CoordinateSystem.radial(1, 0.5, 0.005)
                    .compose(
                        "twice", eta -> dev.flatness.coordinates.AffineMap.identity(eta.length)))
            .report();
    assertThat(own.estimates().get(0).details()).containsEntry("coordinates", "twice");
  }

  @Test
  void whatNeedsANetworkIsRefusedByNameAndMissingInAGroup() {
    assertThatThrownBy(() -> Flatness.of(OWN, THETA).measure("kappa", "hessian-trace"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("measures kappa need the network's layers")
        .hasMessageContaining(
            "do not exist on a loss surface of your own; expected some of "
                + String.join(", ", IDS));
    SurfaceReport group = Flatness.of(OWN, THETA).measure("default").report();
    assertThat(group.estimate("kappa").status()).isEqualTo(Status.NOT_APPLICABLE);
    assertThat(group.estimate("hessian-trace").status()).isEqualTo(Status.EXACT);
    SurfaceMeasure trace = HessianTrace.withDefaults();
    assertThat(Flatness.of(OWN, THETA).measure(trace).report().estimate("hessian-trace").value())
        .isEqualTo(group.estimate("hessian-trace").value());
    assertThatThrownBy(() -> group.estimate("rho-sums")).hasMessageContaining("has no value of");
  }

  @Test
  void badPointsAndSettingsAreRefused() {
    assertThatThrownBy(() -> Flatness.of(OWN, new double[1]))
        .hasMessage("the point has 1 entries, expected the surface's dimension " + THETA.length);
    LossSurface undefined =
        DifferencedSurface.of(1, (theta, gradient) -> Double.NaN).withDomain(theta -> theta[0] > 0);
    assertThatThrownBy(() -> Flatness.of(undefined, new double[1]))
        .hasMessage("the surface is not defined at the point, expected one in its domain");
    assertThatThrownBy(
            () -> Flatness.of(undefined, new double[] {1}).measure("hessian-trace").report())
        .hasMessage("the loss at the point is NaN, expected a finite number");
    assertThatThrownBy(
            () ->
                Flatness.of(OWN, THETA)
                    .measure("hessian-trace")
                    .with(Settings.LAYERS, Set.of("fc1"))
                    .report())
        .hasMessageContaining("has no layers");
    assertThatThrownBy(() -> Flatness.of(OWN, THETA).spectrum().parameters("fc*").report())
        .hasMessageContaining("have no names");
  }
}
